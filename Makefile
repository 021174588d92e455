# make            the program, build/provision
# make check      the unit tests (scripts/test runs everything)
# make install    PREFIX (/usr/local), DESTDIR
# Variables: CC, CFLAGS, LDFLAGS, BUILD (where objects go), SANITIZE=address,undefined, COVERAGE=1

VERSION  := 0.1.0
PREFIX   ?= /usr/local
BUILD    ?= build
CFLAGS   ?= -O2 -g
# Each library is here because a file in src names its header; docs/ARCHITECTURE.md says why.
PACKAGES := libvirt libssh2 libsystemd jansson libconfuse libxml-2.0 libcrypto sqlite3 libcurl yaml-0.1
MODULES  ?= base report config topology plan scores link means phases state cli

ALL_CFLAGS := -std=gnu17 -Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wmissing-prototypes -Wwrite-strings \
              -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -Isrc -pthread -fno-strict-aliasing -MMD -MP \
              $(shell pkg-config --cflags $(PACKAGES)) $(CFLAGS)
# libvirt is loaded when it is first needed (src/means/libvirt.c), so --as-needed leaves it out.
ALL_LIBS   := -Wl,--as-needed $(shell pkg-config --libs $(PACKAGES)) -lresolv -pthread
ifdef SANITIZE
ALL_CFLAGS += -DORDERLY_EXIT -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all
# ASan looks at the start for the functions it stands before (libtirpc's, which libvirt uses): what comes later it misses.
ALL_LIBS   += -Wl,--no-as-needed $(shell pkg-config --libs libvirt)
endif
ifdef COVERAGE
ALL_CFLAGS += -DORDERLY_EXIT --coverage
endif

# gold links the many programs of the tests in a third of the time. What is installed is linked as the compiler does it.
TEST_LDFLAGS := $(if $(shell command -v ld.gold),-fuse-ld=gold)

SOURCES := $(sort $(foreach module,$(MODULES),$(wildcard src/$(module)/*.c)))
BLOBS   := $(sort $(foreach module,$(MODULES),$(wildcard src/$(module)/*.S)))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o) $(BLOBS:%.S=$(BUILD)/%.o)
LIBRARY := $(BUILD)/libprovision.a
TESTS   := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c tests/integration/test_*.c))
UNIT    := $(filter $(BUILD)/tests/unit/%,$(TESTS))

Q := $(if $(V),,@)
say = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),,@printf '  %-7s %s\n' $(1) $(2))

all: $(BUILD)/provision
tests: $(TESTS)

$(BUILD)/provision: $(BUILD)/src/main.o $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(LIBRARY): $(OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(TEST_LDFLAGS) $(LDFLAGS) -o $@ $^ $(ALL_LIBS) $(shell pkg-config --libs cmocka)

# A fuzzer is clang's: the library is built with its coverage, the program with its main.
$(BUILD)/tests/fuzz/%: ALL_CFLAGS += -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(BUILD)/%.o: %.c Makefile
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/%.o: %.S Makefile
	$(call say,AS,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) -c -o $@ $<

# These hold pages of the documentation against the tables.
$(BUILD)/tests/unit/test_config.o: docs/host.conf.5 examples/lab.conf
$(BUILD)/tests/unit/test_cli.o: docs/provision.1

check: $(UNIT)
	$(Q)scripts/run-tests $(UNIT)

install: all
	install -D -m 0755 $(BUILD)/provision $(DESTDIR)$(PREFIX)/bin/provision
	install -D -m 0644 docs/provision.1 $(DESTDIR)$(PREFIX)/share/man/man1/provision.1
	install -D -m 0644 docs/host.conf.5 $(DESTDIR)$(PREFIX)/share/man/man5/host.conf.5
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/lib/systemd/system systemd/provision@.timer
	sed 's,@bindir@,$(PREFIX)/bin,' systemd/provision@.service >$(DESTDIR)$(PREFIX)/lib/systemd/system/provision@.service
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	$(BUILD)/provision completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/provision
	$(BUILD)/provision completion zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_provision
	$(BUILD)/provision completion fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/provision.fish

clean:
	rm -rf $(BUILD)

.PHONY: all tests check install clean
.SECONDARY:
-include $(OBJECTS:.o=.d) $(BUILD)/src/main.d $(TESTS:%=%.d) $(wildcard $(BUILD)/tests/lab/*.d)
