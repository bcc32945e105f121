# A thin front of meson, node and a few scripts: every target says what it runs. Sources and rules are in meson.build.
BUILD   ?= build
VARIANT ?= glibc
FUZZ_S  ?= 60
SOAK_MINUTES ?= 60
# What one runner left for .ci/run to count.
RESULTS ?= $(BUILD)/results

PATIENCE_ASAN = 4
# not those that count on three seconds for an answer: valgrind is thirty times slower
VALGRIND_SCENARIOS = 030 042 065 066 100 140 200 201 220
SETUP_glibc   =
# gcc's warnings about what flows where are wrong beside the sanitizers' own checks; the plain build keeps them
# with sanitizers gcc warns of what cannot be (a NULL that UBSan would catch): warnings are errors in the plain build
SETUP_asan    = -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=false -Dc_args='-Wno-format-truncation -Wno-format-overflow -Wno-maybe-uninitialized'
NODE_TEST     = tests/lib/run

all: $(BUILD)/build.ninja ## build build/ddc
	tools/build-libs $(VARIANT)
	ninja -C $(BUILD) ddc

everything: all # and the tests and their probes
	ninja -C $(BUILD)

$(BUILD)/build.ninja:
	tools/build-libs $(VARIANT)
	meson setup $(BUILD) -Dlibs=$(VARIANT) $(SETUP_$(VARIANT))

deps: ## install what building and testing need (Debian, apt, npm)
	tools/deps test

check: deps everything ## install what is missing, build, run every test
	@$(MAKE) --no-print-directory --keep-going unit include-check sandbox-test scenario

unit: everything ## unit tests
	meson test -C $(BUILD) --no-rebuild --print-errorlogs --suite unit

include-check: ## who may include whom
	tools/ci-sum --self-test
	tools/include-check --self-test
	tools/include-check

sandbox-test: ## tests of the stand-in for Discord, with discord.js
	$(NODE_TEST) $(RESULTS)/sandbox.tap tests/sandbox

scenario: everything ## the real binary with a real Docker Engine and the sandbox (ONLY=030 for those that match)
	DDC_BINARY=$(BUILD)/ddc $(NODE_TEST) $(RESULTS)/scenario.tap tests/scenario $(ONLY)

check-asan: unit-asan scenario-asan ## unit and scenario tests with AddressSanitizer and UBSan

unit-asan:
	UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 $(MAKE) BUILD=build-asan VARIANT=asan unit

scenario-asan:
	DDC_TEST_PATIENCE=$(PATIENCE_ASAN) $(MAKE) BUILD=build-asan VARIANT=asan scenario

profile: ## build-profile/ddc: `ddc memory` and SIGUSR1 list the places in the source that hold the most
	tools/build-libs glibc
	[ -f build-profile/build.ninja ] || meson setup build-profile -Dprofile=true -Dtests=false
	ninja -C build-profile ddc

valgrind: all ## scenarios that do a bit of everything, under valgrind: nothing leaked, nothing misused (ONLY=040 for others)
	DDC_TEST_PATIENCE=8 DDC_TEST_JOBS=2 DDC_BINARY=tools/valgrind-ddc $(NODE_TEST) $(RESULTS)/valgrind.tap tests/scenario $(or $(ONLY),$(VALGRIND_SCENARIOS))

fuzz: ## every fuzzer for FUZZ_S seconds (60)
	tools/fuzz $(FUZZ_S)

release: ## build-release/ddc: static, musl, small
	tools/build-libs musl
	[ -f build-release/build.ninja ] || meson setup build-release --native-file tools/musl.ini -Dlibs=musl -Dtests=false \
		--buildtype=minsize -Db_ndebug=true -Db_lto=true -Dstrip=true
	ninja -C build-release
	strip --strip-all build-release/ddc

image: release ## the container image, from scratch, with the release build (needs a Docker Engine)
	tools/image

size: all release ## sizes of both builds, by folder, and resident memory at rest
	node tests/bench/size.js

bench: everything release ## the figures: memory, latency, start, idle; medians, with the target beside them
	node tests/bench/main.js $(ONLY)

soak: release ## the release image in 6 MiB under everything at once: SOAK_MINUTES=60, 10 in CI
	SOAK_MINUTES=$(SOAK_MINUTES) node tests/soak/main.js

screenshots: all ## docs/screenshots/ from the chat page, desktop and phone
	DDC_SCREENSHOTS=docs/screenshots DDC_BINARY=$(BUILD)/ddc $(NODE_TEST) $(RESULTS)/screenshots.tap tests/scenario 90

demo: ## see it work: sandbox, sample containers and ddc; Ctrl-C ends it all
	tools/demo

SOURCES = $(shell git ls-files 'src/*.[ch]' 'tests/*.[ch]')
format: ## clang-format over the C sources
	clang-format -i $(SOURCES)

# Another version breaks lines in other places: only the one that .clang-format was tried with judges.
format-check: ## are the C sources as `make format` leaves them? (clang-format 14)
	@case "$$(clang-format --version)" in \
	*' version 14.'*) clang-format --dry-run -Werror $(SOURCES) && echo "format-check: $(words $(SOURCES)) files are well";; \
	*) echo "format-check: left out, it needs clang-format 14";; esac

clean: ## remove what the build makes (libraries stay: .deps)
	rm -rf build build-asan build-fuzz build-profile build-release

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: all everything deps check unit include-check sandbox-test scenario check-asan unit-asan scenario-asan profile valgrind fuzz release image soak size bench \
	screenshots demo format format-check clean help
