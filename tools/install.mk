# What `make install` lays where; README.md shows the same tree.

BINDIR  = $(PREFIX)/bin
LIBEXECDIR = $(PREFIX)/libexec/evenkeel
DATADIR = $(PREFIX)/share
UNITDIR = $(PREFIX)/lib/systemd/user
MANDIR  = $(DATADIR)/man
DOCDIR  = $(DATADIR)/doc/evenkeel
EKDIR   = $(DATADIR)/evenkeel
BASHDIR = $(DATADIR)/bash-completion/completions
ZSHDIR  = $(DATADIR)/zsh/site-functions
APPDIR  = $(DATADIR)/applications
ICONDIR = $(DATADIR)/icons/hicolor/scalable/apps
PRESETDIR = $(PREFIX)/lib/systemd/user-preset
INSTALL = install

MAN_PAGES   = $(sort $(wildcard share/man/*.[1-8]))
WEB         = share/web/style.css
INSTRUMENTS = $(sort $(wildcard share/instruments/*.json))
DOCS        = README.md LICENSE $(sort $(wildcard docs/*.md))
UNITS       = systemd/keeld.socket
DROPINS     = $(sort $(wildcard systemd/keeld.service.d/*.conf))
man_place   = $(MANDIR)/man$(patsubst .%,%,$(suffix $(1)))/$(notdir $(1))

# Every file that install makes; uninstall takes away just these.
INSTALLED = $(BINDIR)/keel $(BINDIR)/keeld $(LIBEXECDIR)/keel-notify \
  $(foreach f,$(MAN_PAGES),$(call man_place,$(f))) \
  $(patsubst share/instruments/%,$(EKDIR)/instruments/%,$(INSTRUMENTS)) \
  $(patsubst share/%,$(EKDIR)/%,$(WEB)) \
  $(BASHDIR)/keel $(ZSHDIR)/_keel \
  $(APPDIR)/evenkeel.desktop $(ICONDIR)/evenkeel.svg \
  $(PRESETDIR)/60-evenkeel.preset \
  $(UNITDIR)/keeld.service $(UNITDIR)/keeld.socket \
  $(patsubst systemd/%,$(EKDIR)/systemd/%,$(DROPINS)) \
  $(foreach f,$(DOCS),$(DOCDIR)/$(notdir $(f)))

put  = $(INSTALL) -D -m 644 $(1) '$(DESTDIR)$(2)'
exe  = $(INSTALL) -D -m 755 $(1) '$(DESTDIR)$(2)'
define nl


endef

## make install         PREFIX=/usr/local DESTDIR=
install: all
	$(call exe,$(B)/keel,$(BINDIR)/keel)
	$(call exe,$(B)/keeld,$(BINDIR)/keeld)
	$(call exe,$(B)/keel-notify,$(LIBEXECDIR)/keel-notify)
	@mkdir -p build/man
	$(foreach f,$(MAN_PAGES),sed 's|/usr/local/|$(PREFIX)/|g' $(f) >build/man/$(notdir $(f))$(nl)	)
	$(foreach f,$(MAN_PAGES),$(call put,build/man/$(notdir $(f)),$(call man_place,$(f)))$(nl)	)
	$(foreach f,$(INSTRUMENTS),$(call put,$(f),$(EKDIR)/instruments/$(notdir $(f)))$(nl)	)
	$(foreach f,$(WEB),$(call put,$(f),$(patsubst share/%,$(EKDIR)/%,$(f)))$(nl)	)
	$(call put,share/completions/keel.bash,$(BASHDIR)/keel)
	$(call put,share/completions/_keel,$(ZSHDIR)/_keel)
	$(call put,share/applications/evenkeel.desktop,$(APPDIR)/evenkeel.desktop)
	$(call put,share/icons/hicolor/scalable/apps/evenkeel.svg,$(ICONDIR)/evenkeel.svg)
	$(call put,systemd/keeld.socket,$(UNITDIR)/keeld.socket)
	$(call put,systemd/60-evenkeel.preset,$(PRESETDIR)/60-evenkeel.preset)
	sed 's|@BINDIR@|$(BINDIR)|g' systemd/keeld.service.in >build/keeld.service
	$(call put,build/keeld.service,$(UNITDIR)/keeld.service)
	$(foreach f,$(DROPINS),$(call put,$(f),$(EKDIR)/$(f))$(nl)	)
	$(foreach f,$(DOCS),$(call put,$(f),$(DOCDIR)/$(notdir $(f)))$(nl)	)

## make uninstall       takes away what install made (never anyone's book)
uninstall:
	$(foreach f,$(INSTALLED),rm -f '$(DESTDIR)$(f)'$(nl)	)
	-rmdir '$(DESTDIR)$(EKDIR)/instruments' '$(DESTDIR)$(EKDIR)/web' \
	  '$(DESTDIR)$(DOCDIR)' \
	  '$(DESTDIR)$(EKDIR)/systemd/keeld.service.d' \
	  '$(DESTDIR)$(EKDIR)/systemd' '$(DESTDIR)$(EKDIR)' \
	  '$(DESTDIR)$(LIBEXECDIR)' 2>/dev/null

## make deb             the Debian package, into build/deb/
deb:
	@tools/deps build deb
	@JOBS=$(JOBS) tools/make-deb

.PHONY: install uninstall deb
