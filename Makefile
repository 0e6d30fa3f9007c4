# Evenkeel: one Makefile, no recursion.  `make help` lists the targets.
#
# Objects lie in build/obj/KIND; release programs in build/, the others in
# build/KIND/.  KIND: release (default), debug, asan, cov, fuzz.

VERSION  = 0.1.0
KIND    ?= release
PREFIX  ?= /usr/local
WERROR  ?= 1
CC_release ?= gcc
ifeq ($(origin CC),default)
CC = gcc
endif
ifeq ($(KIND),fuzz)
CC = clang
endif

O = build/obj/$(KIND)
B = build/$(KIND)
ifeq ($(KIND),release)
B = build
endif

PKGS_core  = jansson libcmark
PKGS_base  = libevent sqlite3 libsodium
PKGS_keeld = inih
PKGS_keel  = libcurl libsodium libical libarchive

isystem = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(1) 2>/dev/null))
libs    = $(shell pkg-config --libs $(1) 2>/dev/null)

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
FLAGS_release = -O2 -g $(HARDEN)
FLAGS_debug   = -O0 -g3 -DEK_TEST_BUILD
FLAGS_asan    = -O1 -g3 -DEK_TEST_BUILD -fsanitize=address,undefined \
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
  -I. -Iinclude -Idaemon $(call isystem,$(PKGS_core) $(PKGS_base) $(PKGS_keeld) $(PKGS_keel)) \
  $(CPPFLAGS) $(CFLAGS)

CORE_SRC  := $(sort $(wildcard core/*.c))
BASE_SRC  := $(sort $(wildcard daemon/base/*.c))
KEELD_SRC := $(sort $(wildcard daemon/keeld/*.c))
KEEL_SRC  := $(sort $(wildcard cli/*.c))
obj = $(patsubst %.c,$(O)/%.o,$(1))

PROGRAMS = $(B)/keel $(B)/keeld

all: $(PROGRAMS)

$(O)/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC $@'
	@$(CC) $(CFLAGS_all) -MMD -MP -c -o $@ $<

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

$(B)/keeld: $(O)/daemon/keeld/main.o $(O)/libkeeld.a $(O)/libbase.a $(O)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_all) $(LD_$(KIND)) $(LDFLAGS) -o $@ $^ \
	  $(call libs,$(PKGS_keeld) $(PKGS_base) $(PKGS_core)) -lm
$(B)/keel: $(O)/cli/main.o $(O)/libkeel.a $(O)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_all) $(LD_$(KIND)) $(LDFLAGS) -o $@ $^ \
	  $(call libs,$(PKGS_keel) $(PKGS_core)) -lm

# --- unit tests: one program a module, linked with the libraries it tests ---
UNIT_SRC := $(sort $(wildcard tests/unit/test_*.c))
UNIT_BIN := $(patsubst tests/unit/%.c,$(O)/unit/%,$(UNIT_SRC))
$(O)/unit/%: $(O)/tests/unit/%.o $(O)/libkeeld.a $(O)/libkeel.a $(O)/libbase.a $(O)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_all) $(LD_$(KIND)) -o $@ $^ \
	  $(call libs,cmocka $(PKGS_keeld) $(PKGS_base) $(PKGS_keel) $(PKGS_core)) -lm
unit-bins: $(UNIT_BIN)

# --- fuzz targets: KIND=fuzz ---
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BIN := $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(FUZZ_SRC))
$(O)/fuzz/%: $(O)/tests/fuzz/%.o $(O)/libkeeld.a $(O)/libkeel.a $(O)/libbase.a $(O)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_all) -fsanitize=fuzzer,address,undefined -o $@ $^ \
	  $(call libs,$(PKGS_keeld) $(PKGS_base) $(PKGS_keel) $(PKGS_core)) -lm
fuzz-bins: $(FUZZ_BIN)

clean:
	rm -rf build

.PHONY: all clean unit-bins fuzz-bins
-include $(shell find build/obj/$(KIND) -name '*.d' 2>/dev/null)
