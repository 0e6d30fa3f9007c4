# Evenkeel: one Makefile, no recursion over folders.  `make help` lists the
# targets.
#
# Objects lie in build/obj/KIND; release programs in build/, the others in
# build/KIND/.  KIND: release (default), debug, asan, cov, fuzz.  A target
# that needs several kinds, or packages that may not be there yet, runs this
# same file again with another KIND.

VERSION  = 0.1.0
KIND    ?= release
PREFIX  ?= /usr/local
DESTDIR ?=
WERROR  ?= 1
JOBS    ?= $(shell nproc 2>/dev/null || echo 2)
PYTHON  ?= /usr/bin/python3
# V=1 shows each command whole, as the logs of distributions want it
V       ?= 0
Q        = $(if $(filter 1,$(V)),,@)
ifeq ($(origin CC),default)
CC = gcc
endif
ifeq ($(KIND),fuzz)
ifeq ($(findstring clang,$(CC)),)
override CC = clang-14
endif
endif

O = build/obj/$(KIND)
B = build/$(KIND)
ifeq ($(KIND),release)
B = build
endif

PKGS_core  = jansson libcmark
PKGS_base  = libevent sqlite3 libsodium
PKGS_keeld = inih
PKGS_keel  = libcurl libsodium libarchive
ifneq ($(wildcard cli/ics.c),)
PKGS_keel += libical
endif
PKGS_notify = libnotify
PKGS = $(PKGS_core) $(PKGS_base) $(PKGS_keeld) $(PKGS_keel)

libs     = $(shell pkg-config --libs $(1) 2>/dev/null)
ISYSTEM := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKGS) $(PKGS_notify) 2>/dev/null))

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wundef -Wvla -Wstrict-prototypes \
  -Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wcast-qual \
  -Wwrite-strings -Wformat=2 -Wimplicit-fallthrough -Wconversion \
  -Wno-sign-conversion
ifneq ($(findstring clang,$(CC)),)
WARN += -Wcovered-switch-default
else
WARN += -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init
endif
ifeq ($(WERROR),1)
WARN += -Werror
endif

HARDEN ?= -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection
HARDEN_LD ?= -pie -Wl,-z,relro,-z,now -Wl,--as-needed
FLAGS_release = -O2 -g -ffile-prefix-map=$(CURDIR)=. $(HARDEN)
FLAGS_debug   = -O0 -g3 -DEK_TEST_BUILD
# gcc loses value ranges under the sanitizers and then warns of what cannot be
FLAGS_asan    = -O1 -g3 -Wno-format-truncation -DEK_TEST_BUILD -fsanitize=address,undefined \
  -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_cov     = -O0 -g3 -DEK_TEST_BUILD --coverage
FLAGS_fuzz    = -O1 -g3 -DEK_TEST_BUILD -fsanitize=fuzzer-no-link,address,undefined \
  -fno-sanitize-recover=all -fno-omit-frame-pointer
LD_release = $(HARDEN_LD)
LD_asan = -fsanitize=address,undefined
LD_cov  = --coverage
LD_fuzz = -fsanitize=address,undefined

CFLAGS_all = -std=c11 -D_GNU_SOURCE -fPIE $(WARN) $(FLAGS_$(KIND)) \
  -DEK_VERSION='"$(VERSION)"' -DEK_PREFIX='"$(PREFIX)"' \
  -I. -Iinclude -Idaemon $(ISYSTEM) $(CPPFLAGS) $(CFLAGS)

CORE_SRC  := $(sort $(wildcard core/*.c))
BASE_SRC  := $(sort $(wildcard daemon/base/*.c))
KEELD_SRC := $(sort $(wildcard daemon/keeld/*.c))
NOTIFY_SRC := $(sort $(wildcard daemon/notify/*.c))
KEEL_SRC  := $(sort $(wildcard cli/*.c))
obj = $(patsubst %.c,$(O)/%.o,$(1))

PROGRAMS = $(B)/keel $(B)/keeld $(B)/keel-notify

all: $(PROGRAMS)

# Objects are made anew when the flags change (another PREFIX, WERROR, CC).
FLAGS_FILE = $(O)/flags
$(FLAGS_FILE): FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(CC) $(CFLAGS_all))' | cmp -s - $@ || \
	  echo '$(subst ','\'',$(CC) $(CFLAGS_all))' >$@
FORCE:

$(O)/%.o: %.c $(FLAGS_FILE)
	@mkdir -p $(@D)
	@echo "  CC    $< ($(KIND))"
	$(Q)$(CC) $(CFLAGS_all) -MMD -MP -c -o $@ $<

$(O)/libcore.a: $(call obj,$(CORE_SRC))
	@rm -f $@
	@ar rcs $@ $^
$(O)/libbase.a: $(call obj,$(BASE_SRC))
	@rm -f $@
	@ar rcs $@ $^
$(O)/libkeeld.a: $(call obj,$(filter-out daemon/keeld/main.c,$(KEELD_SRC)))
	@rm -f $@
	@ar rcs $@ $^
$(O)/libkeel.a: $(call obj,$(filter-out cli/main.c,$(KEEL_SRC)))
	@rm -f $@
	@ar rcs $@ $^

link = $(Q)mkdir -p $(@D) && echo "  LINK  $@" && \
  $(CC) $(CFLAGS_all) $(LD_$(KIND)) $(LDFLAGS) -o $@ $(filter %.o %.a,$^)

$(B)/keeld: $(O)/daemon/keeld/main.o $(O)/libkeeld.a $(O)/libbase.a $(O)/libcore.a
	$(link) $(call libs,$(PKGS_keeld) $(PKGS_base) $(PKGS_core)) -lm
$(B)/keel: $(O)/cli/main.o $(O)/libkeel.a $(O)/libcore.a
	$(link) $(call libs,$(PKGS_keel) $(PKGS_core)) -lm

# All that is of the desktop is in here, and in no other program.
$(B)/keel-notify: $(call obj,$(NOTIFY_SRC)) $(O)/libcore.a
	$(link) $(call libs,$(PKGS_notify))

# --- unit tests: one program a module, linked with the libraries it tests ---
UNIT_SRC := $(sort $(wildcard tests/unit/test_*.c))
UNIT_BIN := $(patsubst tests/unit/%.c,$(O)/unit/%,$(UNIT_SRC))
LIBS_ALL  = $(O)/libkeeld.a $(O)/libkeel.a $(O)/libbase.a $(O)/libcore.a
$(O)/unit/%: $(O)/tests/unit/%.o $(LIBS_ALL)
	$(link) $(call libs,cmocka $(PKGS)) -lm
unit-bins: $(UNIT_BIN)

# --- fault tests: the same, with every call that may fail made to fail ---
FAULT_SRC := $(sort $(wildcard tests/fault/test_*.c))
FAULT_BIN := $(patsubst tests/fault/%.c,$(O)/fault/%,$(FAULT_SRC))
FAULT_AID := $(call obj,tests/fault/inject.c tests/fault/trial.c \
  tests/fault/desk.c)
comma = ,
FAULT_WRAP = $(addprefix -Wl$(comma)--wrap=, \
  malloc calloc realloc strdup strndup free \
  sodium_malloc sodium_free sodium_init randombytes_buf \
  $(addprefix sqlite3_,open_v2 prepare_v2 step reset exec bind_blob bind_text \
  bind_int64 column_text))
$(O)/fault/%: $(O)/tests/fault/%.o $(FAULT_AID) $(LIBS_ALL)
	$(link) $(FAULT_WRAP) $(call libs,cmocka $(PKGS)) -lm
fault-bins: $(FAULT_BIN)

# --- fuzz targets: KIND=fuzz ---
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BIN := $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(FUZZ_SRC))
$(O)/fuzz/%: $(O)/tests/fuzz/%.o $(LIBS_ALL)
	$(link) -fsanitize=fuzzer $(call libs,$(PKGS)) -lm
fuzz-bins: $(FUZZ_BIN)

# --- comparison programs of tests/bench ---
BENCH_SRC := $(sort $(wildcard tests/bench/*.c))
BENCH_BIN := $(patsubst tests/bench/%.c,$(O)/bench/%,$(BENCH_SRC))
$(O)/bench/%: $(O)/tests/bench/%.o $(LIBS_ALL)
	$(link) $(call libs,$(PKGS)) -lm
bench-bins: $(BENCH_BIN)

include tests/targets.mk
include tools/install.mk

help:
	@sed -n 's/^## *//p' $(MAKEFILE_LIST)
## make                 the programs: build/keel, build/keeld, build/keel-notify
## make clean           takes build/ away

clean:
	rm -rf build

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all clean help FORCE unit-bins fault-bins fuzz-bins bench-bins
-include $(shell find build/obj/$(KIND) -name '*.d' 2>/dev/null)
