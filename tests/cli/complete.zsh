# Asks zsh's own completion, on a pseudo-terminal, for two lines in one shell:
# a function that forgets its state after the first call is found by the second.
zmodload zsh/zpty
zpty shell "zsh -f -i"
talk() { zpty -w shell "$1" }
talk "PS1=; unsetopt zle_bracketed_paste; fpath=($1 \$fpath)"
talk "autoload -Uz compinit && compinit -D -u"
talk "compdef _keel keel; LISTMAX=500; setopt list_ambiguous no_beep"
talk "_list() { compadd() { builtin compadd -O hits \"\$@\"; print -rl -- OFFER \$hits >>|$TMPDIR/hits; builtin compadd \"\$@\" }; _main_complete }"
talk "zle -C show list-choices _list; bindkey '^X' show"
offered() { # until it was offered, ten seconds at most
	repeat 200; do
		[[ $(grep -c "$1" $TMPDIR/hits 2>/dev/null) > 0 ]] && return
		zselect -t 5
	done
}
zmodload zsh/zselect
zpty -n -w shell "keel chec"$'\x18'
offered checkin
zpty -n -w shell $'\x15'"keel diary --s"$'\x18'
offered since
zpty -d shell
cat $TMPDIR/hits
