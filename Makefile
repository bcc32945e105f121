# A thin front of meson: every target says what it runs. Sources and rules are in meson.build.
VARIANT ?= glibc
BUILD   ?= build

all: $(BUILD)/build.ninja
	ninja -C $(BUILD)

$(BUILD)/build.ninja:
	tools/build-libs $(VARIANT)
	meson setup $(BUILD) -Dlibs=$(VARIANT)

.PHONY: all
