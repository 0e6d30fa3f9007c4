# bash completion for keel.  Made by tools/gen-docs from the table
# of commands; change that, not this.

_keel()
{
	local cur prev path='' subs opts word i
	COMPREPLY=()
	cur=${COMP_WORDS[COMP_CWORD]}
	prev=${COMP_WORDS[COMP_CWORD - 1]}
	subs='help'
	opts=''
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		--home)
			i=$((i + 1))
			continue
			;;
		-*) continue ;;
		esac
		case " $subs " in
		*" $word "*) path=${path:+$path }$word ;;
		*) continue ;;
		esac
		case $path in
		'help') subs='' opts='--table' ;;
		esac
	done
	case "$path $prev" in
	*' --home')
		COMPREPLY=($(compgen -d -- "$cur"))
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "$opts --home --json --help --version" -- "$cur"))
	elif [[ -n $subs ]]; then
		COMPREPLY=($(compgen -W "$subs" -- "$cur"))
	else
		COMPREPLY=($(compgen -f -- "$cur"))
	fi
}
complete -o filenames -F _keel keel
