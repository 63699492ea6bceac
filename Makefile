# mod_wsman: WS-Management for Apache httpd.
#
#   make run          try it on this machine (make stop ends it)
#   make check        every test; SAN=1 with AddressSanitizer and UBSan
#   make valgrind     the ways to log in, under memcheck; part of check
#   make bench        build/bench.tsv
#   make fuzz         libFuzzer, FUZZ_SECONDS a target
#   make install      DESTDIR= PREFIX= LAYOUT=debian|rpm; make uninstall
#
# Rooms are found by wildcard: a new source file needs no change here.
# B= names another build directory, for builds side by side; V=1 shows the
# commands.

VERSION  := 0.1.0
PREFIX   ?= /usr
LAYOUT   ?= $(if $(wildcard /etc/debian_version),debian,rpm)
FUZZ_SECONDS ?= 60
PORT     ?= 5985

ifdef SAN
B        ?= build/san
else
B        ?= build
endif

CFLAGS   ?= -O2 -g
Q   := $(if $(V),,@)
say := $(if $(V),@:,@echo)

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Werror
APXS     ?= $(firstword $(shell command -v apxs apxs2 2>/dev/null) apxs)
HEADER   := mod_wsman/include

# What the machine has is asked once and kept; make run, clean and the like
# must work before anything is installed.
PLAIN    := run stop clean packages
ifneq ($(if $(MAKECMDGOALS),$(filter-out $(PLAIN),$(MAKECMDGOALS)),all),)

pkg = $(shell pkg-config $(1) $(2) 2>/dev/null)
system = $(patsubst -I%,-isystem %,$(filter-out -I/usr/include,$(1)))

APR      := $(firstword $(shell $(APXS) -q APR_CONFIG 2>/dev/null) apr-1-config)
APU      := $(firstword $(shell $(APXS) -q APU_CONFIG 2>/dev/null) apu-1-config)
ifeq ($(shell command -v $(APR) 2>/dev/null),)
$(error $(APR) not found: run `make packages` first)
endif

APR_CPP  := $(call system,$(shell $(APR) --cppflags --includes))
APR_LIBS := $(shell $(APR) --link-ld --libs)
APU_LIBS := $(shell $(APU) --link-ld --libs)
XML_CPP  := $(call system,$(call pkg,--cflags,libxml-2.0))
XML_LIBS := $(call pkg,--libs,libxml-2.0)
SSL_LIBS := $(call pkg,--libs,libcrypto)
GSS_CPP  := $(call system,$(call pkg,--cflags,krb5-gssapi))
GSS_LIBS := $(call pkg,--libs,krb5-gssapi)
CURL_CPP := $(call system,$(call pkg,--cflags,libcurl))
CURL_LIBS := $(call pkg,--libs,libcurl)
HTTPD_CPP := -isystem $(shell $(APXS) -q INCLUDEDIR 2>/dev/null)
LIBEXECDIR := $(shell $(APXS) -q LIBEXECDIR 2>/dev/null)

# PAM has no pkg-config file before 1.5.3.
PAM_CPP  := $(if $(wildcard /usr/include/security/pam_appl.h),-DWITH_PAM)
PAM_LIBS := $(if $(PAM_CPP),-lpam)

# Providers' optional libraries: name in pkg-config, macro
have = $(if $(call pkg,--modversion,$(1)),$(2))
linux_CPP  := $(call have,libmnl,-DWITH_MNL) $(call have,mount,-DWITH_MOUNT) \
    $(call have,libsystemd,-DWITH_SYSTEMD)
linux_CPP  += $(foreach l,libmnl mount libsystemd,\
    $(call system,$(call pkg,--cflags,$(l))))
linux_LIBS := $(foreach l,libmnl mount libsystemd,$(call pkg,--libs,$(l)))
endif

ifdef SAN
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined \
    -fno-omit-frame-pointer
else ifndef FUZZ
HARDEN   := -D_FORTIFY_SOURCE=2 -fstack-protector-strong
endif
ifdef FUZZ
SANITIZE := -fsanitize=fuzzer-no-link,address,undefined \
    -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif

CC_BASE  := -std=gnu11 $(WARNINGS) -fPIC $(HARDEN) $(SANITIZE) $(CFLAGS) \
    -DWSM_VERSION='"$(VERSION)"' -I$(HEADER) $(APR_CPP) $(CPPFLAGS)

LIB_ROOMS := base xml soap auth security cim query provide state om op event shell
LIB_SRC   := $(strip $(foreach r,$(LIB_ROOMS),$(wildcard mod_wsman/$(r)/*.c)))
HTTPD_SRC := $(wildcard mod_wsman/httpd/*.c)
CLIENT_SRC := $(wildcard mod_wsman/client/*.c)
TOOL_SRC  := $(wildcard mod_wsman/tools/wsman.c mod_wsman/tools/wsman_*.c)
CTL_SRC   := $(wildcard mod_wsman/tools/wsmanctl*.c)
CTL_COMMON := $(filter-out %/wsman.c %/wsman_options.c %/wsman_run.c \
    %/wsman_shell.c mod_wsman/tools/wsman_remote%,$(TOOL_SRC))
PCHECK_SRC := $(wildcard mod_wsman/tools/wsman-provider-check.c)
SHELLD_SRC := $(wildcard mod_wsman/shelld/*.c)
PROVIDERS := $(sort $(patsubst providers/%/,%,$(dir $(wildcard providers/*/*.c))))

obj = $(patsubst %.c,$(B)/obj/%.o,$(1))

LIBWSMAN  := $(if $(LIB_SRC),$(B)/libwsman.a)
MODULE    := $(if $(HTTPD_SRC),$(B)/mod_wsman.so)
LIBCLIENT := $(if $(CLIENT_SRC),$(B)/libwsmclient.a)
TOOLS     := $(strip $(if $(TOOL_SRC),$(B)/wsman) \
    $(if $(CTL_SRC),$(B)/wsmanctl) \
    $(if $(PCHECK_SRC),$(B)/wsman-provider-check))
SHELLD    := $(if $(SHELLD_SRC),$(B)/wsman-shelld)
PROVIDER_SO := $(patsubst %,$(B)/providers/%.so,$(PROVIDERS))

UNIT   := $(patsubst %.c,$(B)/%,$(wildcard t/unit/test_*.c))
FUZZERS := $(patsubst %.c,$(B)/%,$(wildcard t/fuzz/fuzz_*.c))
BENCH_SO := $(patsubst %.c,$(B)/%.so,$(wildcard t/bench/*_provider.c))
BENCH  := $(patsubst %.c,$(B)/%,\
    $(filter-out t/bench/%_provider.c,$(wildcard t/bench/*.c)))
HTTP_SO := $(patsubst %.c,$(B)/%.so,$(wildcard t/http/*.c))
WSMCALL := $(patsubst t/%.c,$(B)/%,$(wildcard t/wsmcall.c))

.PHONY: all tests run stop check valgrind bench fuzz install uninstall clean \
    packages FORCE
.DELETE_ON_ERROR:

all: $(LIBWSMAN) $(MODULE) $(LIBCLIENT) $(TOOLS) $(SHELLD) $(PROVIDER_SO)

tests: all $(UNIT) $(FUZZERS) $(BENCH) $(BENCH_SO) $(HTTP_SO) $(WSMCALL)

# Another compiler or other flags build everything anew.
$(B)/flags: FORCE
	@mkdir -p $(B)
	@printf '%s\n' '$(subst ','\'',$(CC) $(CC_BASE) $(linux_CPP))' \
	    | cmp -s - $@ || printf '%s\n' \
	    '$(subst ','\'',$(CC) $(CC_BASE) $(linux_CPP))' > $@

# One rule compiles; the room decides what it may see.
$(B)/obj/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CC_BASE) $(ROOM_CPP) -MMD -MP -MF $(@:.o=.d) -c -o $@ $<

$(call obj,$(LIB_SRC)): ROOM_CPP = -fvisibility=hidden $(XML_CPP) $(GSS_CPP)
$(call obj,$(HTTPD_SRC)): ROOM_CPP = $(XML_CPP) $(HTTPD_CPP) \
    -DWSM_SHELLD='"$(SHELLD_FILE)"'
$(call obj,$(CLIENT_SRC) $(TOOL_SRC)): ROOM_CPP = $(XML_CPP) $(CURL_CPP)
$(call obj,$(CTL_SRC)): ROOM_CPP = $(XML_CPP) $(CURL_CPP) \
    -DWSM_STATE_DIR='"$(STATE_DIR)"'
$(call obj,$(PCHECK_SRC)): ROOM_CPP = $(XML_CPP)
$(B)/obj/providers/%.o: ROOM_CPP = -fvisibility=hidden \
    $($(word 2,$(subst /, ,$*))_CPP)
$(B)/obj/t/%.o: ROOM_CPP = $(XML_CPP) $(GSS_CPP)
$(B)/obj/t/unit/test_shell%.o: ROOM_CPP = \
    $(PAM_CPP) -DSHELLD_BUILT='"$(abspath $(B))/wsman-shelld"'

archive = rm -f $@.new && $(AR) rcs $@.new $(filter %.o,$^) && mv $@.new $@
link = $(CC) $(SANITIZE) $(CFLAGS) $(LDFLAGS) -o $@

$(B)/libwsman.a: $(call obj,$(LIB_SRC))
	$(say) AR $@
	$(Q)$(archive)

$(B)/libwsmclient.a: $(call obj,$(CLIENT_SRC))
	$(say) AR $@
	$(Q)$(archive)

# httpd's own symbols are found when it loads the module; of ours it sees one.
$(B)/mod_wsman.map:
	@mkdir -p $(@D)
	@echo '{ global: wsman_module; local: *; };' > $@

$(B)/mod_wsman.so: $(call obj,$(HTTPD_SRC)) $(LIBWSMAN) | $(B)/mod_wsman.map
	$(say) LD $@
	$(Q)$(link) -shared -Wl,--version-script=$(B)/mod_wsman.map $^ \
	    $(APU_LIBS) $(APR_LIBS) $(XML_LIBS) $(SSL_LIBS) $(GSS_LIBS) -lm

$(B)/wsman: $(call obj,$(TOOL_SRC)) $(LIBCLIENT) $(LIBWSMAN)
	$(say) LD $@
	$(Q)$(link) $^ $(CURL_LIBS) $(APU_LIBS) $(APR_LIBS) $(XML_LIBS) \
	    $(SSL_LIBS) -lm

$(B)/wsmanctl: $(call obj,$(CTL_SRC) $(CTL_COMMON)) $(LIBCLIENT) $(LIBWSMAN)
	$(say) LD $@
	$(Q)$(link) -rdynamic $^ $(CURL_LIBS) $(APU_LIBS) $(APR_LIBS) \
	    $(XML_LIBS) $(SSL_LIBS) -lm

$(B)/wsman-provider-check: $(call obj,$(PCHECK_SRC)) $(LIBWSMAN)
	$(say) LD $@
	$(Q)$(link) -rdynamic $^ $(APU_LIBS) $(APR_LIBS) $(XML_LIBS) $(SSL_LIBS) -lm

# What holds shells as root knows of the library but its calls and errors.
$(call obj,$(SHELLD_SRC)): ROOM_CPP = -fvisibility=hidden $(PAM_CPP)
SHELLD_LIB := $(wildcard mod_wsman/base/*.c mod_wsman/shell/*.c)

$(B)/wsman-shelld: $(call obj,$(SHELLD_SRC) $(SHELLD_LIB))
	$(say) LD $@
	$(Q)$(link) $^ $(APR_LIBS) $(PAM_LIBS) -lm

define provider
$(B)/providers/$(1).so: $(call obj,$(wildcard providers/$(1)/*.c))
	@mkdir -p $$(@D)
	$$(say) LD $$@
	$$(Q)$$(link) -shared $$^ $$($(1)_LIBS) $$(APR_LIBS) -lm
endef
$(foreach p,$(PROVIDERS),$(eval $(call provider,$(p))))

CORE_LIBS = $(LIBWSMAN) $(APU_LIBS) $(APR_LIBS) $(XML_LIBS) $(SSL_LIBS) \
    $(GSS_LIBS) -lm

# Unit tests of the client link it too; those of the bridge to PowerShell play
# the rest of the shell daemon themselves.
$(patsubst %.c,$(B)/%,$(wildcard t/unit/test_keeper_psrp*.c)): \
    $(call obj,$(wildcard mod_wsman/shelld/*psrp*.c))

# Those of the daemon run it, or link what needs nothing of its processes.
SHELLD_UNIT := $(patsubst %.c,$(B)/%,$(wildcard t/unit/test_shell*.c))
$(SHELLD_UNIT): | $(SHELLD)
$(SHELLD_UNIT): $(call obj,$(patsubst %,mod_wsman/shelld/%.c,\
    line log_line codepage stream loop descend))

$(B)/t/unit/%: $(B)/obj/t/unit/%.o $(LIBCLIENT) $(LIBWSMAN)
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(link) $(filter %.o,$^) $(LIBCLIENT) $(CORE_LIBS) $(if $(LIBCLIENT),$(CURL_LIBS)) \
	    -lcmocka

ifdef FUZZ
$(B)/t/fuzz/%: $(B)/obj/t/fuzz/%.o $(LIBWSMAN)
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(link) -fsanitize=fuzzer $< $(CORE_LIBS)
else
$(B)/t/fuzz/%: $(B)/obj/t/fuzz/%.o $(B)/obj/t/fuzz/replay.o $(LIBWSMAN)
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(link) $(filter %.o,$^) $(CORE_LIBS)
endif

$(B)/t/bench/%_provider.so: $(B)/obj/t/bench/%_provider.o
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(link) -shared $^ $(APR_LIBS)

$(B)/t/bench/%: $(B)/obj/t/bench/%.o $(LIBWSMAN)
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(link) $< $(CORE_LIBS)

$(B)/t/http/%.so: $(B)/obj/t/http/%.o
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(link) -shared $^ $(APR_LIBS)

$(B)/wsmcall: $(B)/obj/t/wsmcall.o $(LIBWSMAN)
	$(say) LD $@
	$(Q)$(link) $< $(CORE_LIBS)

.SECONDARY:
-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

# ---- what people type

packages:
	@t/tools/packages install run check bench

run:
	@PORT=$(PORT) MAKE='$(MAKE)' t/tools/run start

stop:
	@t/tools/run stop

check:
	@t/tools/packages install run check
	@MAKE='$(MAKE)' SAN='$(SAN)' B='$(B)' t/run-all

valgrind:
	@t/tools/packages install run check
	@$(MAKE) --no-print-directory tests
	@WSMAN_BUILD='$(B)' t/valgrind

bench:
	@t/tools/packages install run check bench
	@$(MAKE) --no-print-directory tests
	@B='$(B)' t/bench/run

fuzz:
	@$(MAKE) --no-print-directory FUZZ=1 CC=clang B=build/fuzz \
	    CFLAGS='-O1 -g' fuzz-targets
	@t/fuzz/run build/fuzz $(FUZZ_SECONDS)

.PHONY: fuzz-targets
fuzz-targets: $(FUZZERS)

include t/tools/install.mk

clean:
	rm -rf build
