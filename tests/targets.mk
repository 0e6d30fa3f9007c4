# The tests, tier by tier.  Each tier first sees to its packages, then builds
# what it needs with this same Makefile, then hands over to tests/tools/run,
# which runs the tests and ends with one line: "N passed, N failed".

again = $(MAKE) --no-print-directory -j$(JOBS)
run   = $(PYTHON) tests/tools/run
FUZZ_SECS  ?= 20

## make demo            what the program is like, in under a minute
demo:
	@tools/deps build
	@$(again) KIND=release all
	@bash tests/demo/demo.sh

## make check           gates, unit, API and command-line tests (2 minutes)
check:
	@tools/deps build check
	@$(again) KIND=debug all unit-bins
	@$(run) --kind debug --jobs $(JOBS) gates unit api cli

## make check-unit      (or -gates -api -cli) one tier of `make check`
check-gates:
	@tools/deps build check
	@$(again) KIND=debug all
	@$(run) --kind debug --jobs $(JOBS) gates
check-unit check-api check-cli:
	@tools/deps build check
	@$(again) KIND=debug all unit-bins
	@$(run) --kind debug --jobs $(JOBS) $(@:check-%=%)

## make check-asan      unit, API, CLI and fault tests under ASan, UBSan, LSan
check-asan:
	@tools/deps build check
	@$(again) KIND=asan all unit-bins fault-bins
	@$(run) --kind asan --jobs $(JOBS) --limit 300 unit api cli fault-c

## make check-valgrind  unit tests under valgrind
check-valgrind:
	@tools/deps build check tidy
	@$(again) KIND=debug all unit-bins
	@$(run) --kind debug --jobs $(JOBS) --valgrind unit

## make check-fault     every call of record, seal and store fails; kill -9
check-fault:
	@tools/deps build check fault
	@$(again) KIND=debug all fault-bins
	@$(run) --kind debug --jobs 1 --limit 1200 fault

## make check-fuzz      corpus, then FUZZ_SECS (20) seconds a target
check-fuzz:
	@tools/deps build fuzz
	@$(again) KIND=fuzz fuzz-bins
	@$(run) --kind fuzz --jobs $(JOBS) --fuzz-secs $(FUZZ_SECS) fuzz

## make fuzz T=plan     hunts in one target until stopped
fuzz:
	@$(again) KIND=fuzz fuzz-bins
	@mkdir -p build/hunt/$(T)
	build/obj/fuzz/fuzz/fuzz_$(T) -max_len=65536 build/hunt/$(T) \
	  $(wildcard tests/fuzz/corpus/$(T))

## make check-e2e       bubble, browser, editors: real programs
check-e2e:
	@tools/deps build check e2e
	@$(again) KIND=debug all
	@$(again) tests/e2e/node_modules/.package-lock.json
	@$(run) --kind debug --jobs 1 --limit 600 e2e

## make check-gnome     the bubble on GNOME Shell, headless
check-gnome:
	@tools/deps build check gnome
	@$(again) KIND=debug all
	@$(run) --kind debug --jobs 1 --limit 900 gnome

# From npm's registry: what drives the browser, and what it is judged by.
tests/e2e/node_modules/.package-lock.json: tests/e2e/package-lock.json
	@cd $(@D)/.. && npm ci --no-audit --no-fund --silent \
	  --cache ../../build/npm
	@touch $@

## make check-sim       days of slots on a simulated clock
check-sim:
	@tools/deps build check
	@$(again) KIND=debug all unit-bins
	@$(run) --kind debug --jobs $(JOBS) --limit 600 sim

## make check-recur-oracle  RULES (3000) random rules against python3-dateutil
RULES ?= 3000
$(O)/tools/recur_lines: $(O)/tests/tools/recur_lines.o $(O)/libcore.a
	$(link) $(call libs,$(PKGS_core)) -lm
check-recur-oracle:
	@tools/deps build check
	@$(again) KIND=debug build/obj/debug/tools/recur_lines
	@$(PYTHON) tests/tools/recur_oracle.py build/obj/debug/tools/recur_lines $(RULES)

## make check-fhir      our instruments read by npm's fhir validator
check-fhir:
	@tools/deps fhir
	@$(run) --kind release fhir

## make check-tidy      clang-tidy, every file
check-tidy:
	@tools/deps build tidy
	@$(run) --kind release --jobs $(JOBS) tidy

## make check-cppcheck  cppcheck, every file
check-cppcheck:
	@tools/deps build tidy
	@$(run) --kind release --jobs $(JOBS) cppcheck

## make check-clang     builds everything with the second compiler
check-clang:
	@tools/deps build check fuzz
	@$(again) KIND=debug CC=clang-14 O=build/obj/clang B=build/clang all unit-bins

## make check-shell     shellcheck, every script
check-shell:
	@tools/deps tidy
	@$(run) --kind release shell

## make check-units     the systemd units, verified and scored
check-units:
	@tools/deps tidy
	@$(run) --kind release units

## make check-deb       the Debian package, in a bare Debian (3 minutes, root)
check-deb:
	@tools/deps build deb
	@$(run) --kind release --limit 900 deb

## make check-release   the release programs hold no test hook
check-release:
	@$(again) KIND=release all
	@$(run) --kind release release

## make check-errors    is every error branch of record, seal, store run so?
check-errors: fault-counts
	@$(PYTHON) tests/tools/cov-errors --from $(FAULT_COUNTS)

FAULT_COUNTS = build/cov-fault.json
fault-counts:
	@tools/deps build check
	@$(again) KIND=cov all fault-bins
	@find build/obj/cov -name '*.gcda' -delete
	@$(run) --kind cov --jobs $(JOBS) --limit 600 fault-c
	@$(PYTHON) tests/tools/cov-errors --save $(FAULT_COUNTS)

## make cov             lines and branches run by the tests, by module; and that
cov: fault-counts
	@tools/deps build check fault
	@$(again) KIND=cov all unit-bins
	@$(run) --kind cov --jobs $(JOBS) unit api cli
	@$(run) --kind cov --jobs 1 --limit 1200 fault-scripts
	@$(PYTHON) tests/tools/cov-table
	@$(PYTHON) tests/tools/cov-errors --from $(FAULT_COUNTS)

## make bench           the ratios of the specification, measured here
bench:
	@tools/deps build check bench
	@$(again) KIND=release all bench-bins
	@$(PYTHON) tests/bench/bench.py

## make docs            what is made from the tables: man, completions, API
docs:
	@$(again) KIND=debug all
	@tools/gen-docs

.PHONY: demo check check-gates check-unit check-api check-cli check-asan \
  check-valgrind check-fault check-fuzz fuzz check-e2e check-gnome check-sim check-recur-oracle check-fhir \
  check-tidy check-cppcheck check-clang check-units check-shell check-deb check-release check-errors fault-counts cov bench docs

print-tidy-flags:
	@echo $(filter-out -W%,$(CFLAGS_all)) -Wall -Wextra
.PHONY: print-tidy-flags
