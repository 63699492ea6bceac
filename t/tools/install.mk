# make install and make uninstall: where things go.
#
# debian: /etc/apache2/mods-available, ready for a2enmod
# rpm:    /etc/httpd/conf.modules.d and conf.d, /usr/lib64/httpd/modules

DATA_DIR := $(PREFIX)/share/wsman
DOC_DIR  := $(PREFIX)/share/doc/wsman
MAN_DIR  := $(PREFIX)/share/man
BIN_DIR  := $(PREFIX)/bin

ifeq ($(LAYOUT),debian)
LIB_DIR    := $(PREFIX)/lib
MODULE_DIR ?= $(or $(LIBEXECDIR),/usr/lib/apache2/modules)
LOAD_FILE  := /etc/apache2/mods-available/wsman.load
CONF_FILE  := /etc/apache2/mods-available/wsman.conf
SITE_FILE  := /etc/apache2/sites-available/wsman-https.conf
GSS_FILE   := /etc/apache2/sites-available/wsman-negotiate.conf
SHELL_FILE := /etc/apache2/conf-available/wsman-shell.conf
CONF_DIR   := /etc/apache2
STATE_DIR  := /var/lib/wsman
STATE_USER := www-data
else ifeq ($(LAYOUT),rpm)
LIB_DIR    := $(PREFIX)/lib64
MODULE_DIR ?= /usr/lib64/httpd/modules
LOAD_FILE  := /etc/httpd/conf.modules.d/10-wsman.conf
CONF_FILE  := /etc/httpd/conf.d/wsman.conf
SITE_FILE  := $(DOC_DIR)/wsman-https.conf
GSS_FILE   := $(DOC_DIR)/wsman-negotiate.conf
SHELL_FILE := $(DOC_DIR)/wsman-shell.conf
CONF_DIR   := /etc/httpd/conf
STATE_DIR  := /var/lib/wsman
STATE_USER := apache
else
$(error LAYOUT is debian or rpm, not $(LAYOUT))
endif
PLUGIN_DIR := $(PREFIX)/lib/wsman/providers
SHELLD_FILE := $(PREFIX)/lib/wsman/wsman-shelld
PAM_FILE   := /etc/pam.d/wsman
PC_DIR     := $(LIB_DIR)/pkgconfig

space      := $() $()
MOF_FILES  := $(wildcard schemas/*.mof)
LINUX_MOF  := $(wildcard providers/linux/*.mof)
SCHEMA     := $(DATA_DIR)/schemas/wsman.mof \
    $(patsubst providers/%,$(DATA_DIR)/providers/%,$(LINUX_MOF))
MAN_PAGES  := $(wildcard docs/*.[1-8] docs/man/*.[1-8] mod_wsman/tools/*.[1-8])
DOC_FILES  := README.md $(wildcard docs/*.md)
EXAMPLES   := $(wildcard conf.d/examples/*)

# The configuration that is installed names the installed places.
place = sed -e 's|@MODULE_DIR@|$(MODULE_DIR)|g' \
    -e 's|@PLUGIN_DIR@|$(PLUGIN_DIR)|g' -e 's|@DATA_DIR@|$(DATA_DIR)|g' \
    -e 's|@STATE_DIR@|$(STATE_DIR)|g' -e 's|@PREFIX@|$(PREFIX)|g' \
    -e 's|@VERSION@|$(VERSION)|g' -e 's|@CONF_DIR@|$(CONF_DIR)|g' \
    -e 's|^@SCHEMA@$$|    WSManSchema $(subst $(space),\n    WSManSchema ,$(strip \
        $(SCHEMA)))|'
# A file that the administrator has changed is not overwritten.
config = $(place) $(1) > $(D)$(2).new; \
    if [ -e $(D)$(2) ] && ! cmp -s $(D)$(2) $(D)$(2).new; then \
        echo "$(2) was changed: the new one is beside it, .new"; \
    else mv $(D)$(2).new $(D)$(2); fi
put = install -D -m 644
D = $(DESTDIR)

install: all
	install -D -m 644 -s $(B)/mod_wsman.so $(D)$(MODULE_DIR)/mod_wsman.so
	install -D -m 755 -s $(B)/wsman-shelld $(D)$(SHELLD_FILE)
	@for p in $(PROVIDERS); do \
	    $(put) -s $(B)/providers/$$p.so $(D)$(PLUGIN_DIR)/$$p.so; \
	    for f in providers/$$p/*.mof; do [ ! -e $$f ] || \
	        $(put) $$f $(D)$(DATA_DIR)/providers/$$p/$${f##*/}; done; done
	@for f in $(MOF_FILES); do \
	    $(put) $$f $(D)$(DATA_DIR)/schemas/$${f##*/}; done
	@for f in $(wildcard $(HEADER)/*.h); do \
	    $(put) $$f $(D)$(PREFIX)/include/wsman/$${f##*/}; done
	@for f in $(TOOLS); do \
	    install -D -m 755 -s $$f $(D)$(BIN_DIR)/$${f##*/}; done
	@for f in $(MAN_PAGES); do \
	    $(put) $$f $(D)$(MAN_DIR)/man$${f##*.}/$${f##*/}; done
	@for f in $(DOC_FILES); do [ ! -e $$f ] || \
	    $(put) $$f $(D)$(DOC_DIR)/$${f##*/}; done
	@for f in $(EXAMPLES); do \
	    $(put) $$f $(D)$(DOC_DIR)/examples/$${f##*/}; done
	@install -d $(D)$(dir $(LOAD_FILE)) $(D)$(dir $(CONF_FILE)) \
	    $(D)$(dir $(SITE_FILE)) $(D)$(dir $(SHELL_FILE)) \
	    $(D)$(dir $(PAM_FILE)) $(D)$(PC_DIR)
	$(place) conf.d/wsman.load > $(D)$(LOAD_FILE)
	$(call config,conf.d/wsman.conf,$(CONF_FILE))
	$(call config,conf.d/wsman-https.conf,$(SITE_FILE))
	$(call config,conf.d/wsman-negotiate.conf,$(GSS_FILE))
	$(call config,conf.d/wsman-shell.conf,$(SHELL_FILE))
	$(call config,conf.d/wsman.pam-$(LAYOUT),$(PAM_FILE))
	$(place) t/tools/wsman.pc.in > $(D)$(PC_DIR)/wsman.pc
	install -d -m 750 $(D)$(STATE_DIR)
	@if [ -z '$(D)' ] && id $(STATE_USER) >/dev/null 2>&1; then \
	    chown $(STATE_USER): $(STATE_DIR); fi

# What the administrator has changed stays, and so do the state and whatever
# others have put into our folders; what enables a file that is gone goes.
unconfig = rm -f $(D)$(2).new; if [ -e $(D)$(2) ]; then \
    if $(place) $(1) | cmp -s - $(D)$(2); then rm -f $(D)$(2); \
    else echo "$(2) was changed: it stays"; fi; fi
ENABLED    := mods-enabled/wsman.load mods-enabled/wsman.conf \
    sites-enabled/wsman-https.conf sites-enabled/wsman-negotiate.conf \
    conf-enabled/wsman-shell.conf

uninstall:
	rm -f $(D)$(LOAD_FILE) $(D)$(MODULE_DIR)/mod_wsman.so \
	    $(D)$(PC_DIR)/wsman.pc $(D)$(SHELLD_FILE)
	rm -f $(patsubst $(B)/%,$(D)$(BIN_DIR)/%,$(TOOLS))
	@rm -f $(foreach p,$(PROVIDERS),$(D)$(PLUGIN_DIR)/$(p).so) \
	    $(foreach f,$(wildcard providers/*/*.mof),\
	    $(D)$(DATA_DIR)/$(f)) $(foreach f,$(MOF_FILES),$(D)$(DATA_DIR)/$(f)) \
	    $(foreach f,$(wildcard $(HEADER)/*.h),\
	    $(D)$(PREFIX)/include/wsman/$(notdir $(f))) \
	    $(foreach m,$(notdir $(MAN_PAGES)),\
	    $(D)$(MAN_DIR)/man$(patsubst .%,%,$(suffix $(m)))/$(m)) \
	    $(foreach f,$(notdir $(DOC_FILES)),$(D)$(DOC_DIR)/$(f)) \
	    $(foreach f,$(notdir $(EXAMPLES)),$(D)$(DOC_DIR)/examples/$(f))
	@$(call unconfig,conf.d/wsman.conf,$(CONF_FILE))
	@$(call unconfig,conf.d/wsman-https.conf,$(SITE_FILE))
	@$(call unconfig,conf.d/wsman-negotiate.conf,$(GSS_FILE))
	@$(call unconfig,conf.d/wsman-shell.conf,$(SHELL_FILE))
	@$(call unconfig,conf.d/wsman.pam-$(LAYOUT),$(PAM_FILE))
	@for l in $(ENABLED); do l=$(D)/etc/apache2/$$l; \
	    [ ! -L $$l ] || [ -e $$l ] || rm -f $$l; done
	@for d in $(PREFIX)/include/wsman $(PREFIX)/lib/wsman $(DATA_DIR) \
	    $(DOC_DIR); do [ ! -d $(D)$$d ] || \
	    find $(D)$$d -depth -type d -empty -delete; done
	@rmdir $(D)$(STATE_DIR) 2>/dev/null || :
