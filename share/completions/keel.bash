# bash completion for keel.  Made by tools/gen-docs from the table
# of commands; change that, not this.

_keel()
{
	local cur prev path='' subs opts word i
	COMPREPLY=()
	cur=${COMP_WORDS[COMP_CWORD]}
	prev=${COMP_WORDS[COMP_CWORD - 1]}
	subs='asks checkin coping copy diary doctor erase export hard help import instrument key lock open plan restore schedule skip snooze start status today unlock'
	opts=''
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		--answer | --answers | --at | --book | --count | --exdate | --from | --home | --instrument | --keep | --key | --map | --notes | --on | --owner | --passphrase | --rule | --sign | --since | --start | --until | --used | --version | --with | --zone)
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
		'asks') subs='add done' opts='--all' ;;
		'asks add') subs='' opts='--owner' ;;
		'asks done') subs='' opts='' ;;
		'checkin') subs='' opts='--answers --answer --sign --used --note --off-record --took-place --plain' ;;
		'coping') subs='' opts='' ;;
		'copy') subs='now off set' opts='' ;;
		'copy now') subs='' opts='' ;;
		'copy off') subs='' opts='' ;;
		'copy set') subs='' opts='' ;;
		'diary') subs='delete fix' opts='--since --until' ;;
		'diary delete') subs='' opts='--yes' ;;
		'diary fix') subs='' opts='--answers --answer --sign --used --note --plain' ;;
		'doctor') subs='' opts='--sample' ;;
		'erase') subs='' opts='--yes' ;;
		'export') subs='' opts='--notes --force' ;;
		'hard') subs='' opts='--note --plain' ;;
		'help') subs='' opts='--table' ;;
		'import') subs='csv' opts='--key --answers' ;;
		'import csv') subs='' opts='--map' ;;
		'instrument') subs='list score show' opts='' ;;
		'instrument list') subs='' opts='' ;;
		'instrument score') subs='' opts='--answers' ;;
		'instrument show') subs='' opts='' ;;
		'key') subs='file keyring passphrase phrase' opts='' ;;
		'key file') subs='' opts='--yes' ;;
		'key keyring') subs='' opts='--yes' ;;
		'key passphrase') subs='' opts='--passphrase --yes' ;;
		'key phrase') subs='' opts='--passphrase --yes' ;;
		'lock') subs='' opts='' ;;
		'open') subs='' opts='--print' ;;
		'plan') subs='agree diff edit export history import same show' opts='--ids --version' ;;
		'plan agree') subs='' opts='' ;;
		'plan diff') subs='' opts='' ;;
		'plan edit') subs='' opts='' ;;
		'plan export') subs='' opts='' ;;
		'plan history') subs='' opts='' ;;
		'plan import') subs='' opts='' ;;
		'plan same') subs='' opts='' ;;
		'plan show') subs='' opts='--ids --version' ;;
		'restore') subs='' opts='--from --with --book --key --answers' ;;
		'schedule') subs='add list next remove' opts='' ;;
		'schedule add') subs='' opts='--at --on --rule --start --zone --instrument' ;;
		'schedule list') subs='' opts='' ;;
		'schedule next') subs='' opts='--rule --start --zone --exdate --count' ;;
		'schedule remove') subs='' opts='' ;;
		'skip') subs='' opts='' ;;
		'snooze') subs='' opts='' ;;
		'start') subs='' opts='--answers --key' ;;
		'status') subs='' opts='' ;;
		'today') subs='' opts='' ;;
		'unlock') subs='' opts='--passphrase --phrase --answers --keep' ;;
		esac
	done
	case "$path $prev" in
	'asks add --owner')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'checkin --answers')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'checkin --answer')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'checkin --sign')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'checkin --used')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'diary --since')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'diary --until')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'diary fix --answers')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'diary fix --answer')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'diary fix --sign')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'diary fix --used')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'export --notes')
		mapfile -t COMPREPLY < <(compgen -W 'yes no' -- "$cur")
		return
		;;
	'import --key')
		mapfile -t COMPREPLY < <(compgen -W 'keyring passphrase file' -- "$cur")
		return
		;;
	'import --answers')
		mapfile -t COMPREPLY < <(compgen -W '-' -- "$cur")
		return
		;;
	'import csv --map')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'instrument score --answers')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'key passphrase --passphrase')
		mapfile -t COMPREPLY < <(compgen -W '-' -- "$cur")
		return
		;;
	'key phrase --passphrase')
		mapfile -t COMPREPLY < <(compgen -W '-' -- "$cur")
		return
		;;
	'plan --version')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'plan show --version')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'restore --from')
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	'restore --with')
		mapfile -t COMPREPLY < <(compgen -W 'phrase passphrase keyring' -- "$cur")
		return
		;;
	'restore --book')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'restore --key')
		mapfile -t COMPREPLY < <(compgen -W 'keyring passphrase file' -- "$cur")
		return
		;;
	'restore --answers')
		mapfile -t COMPREPLY < <(compgen -W '-' -- "$cur")
		return
		;;
	'schedule add --at')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'schedule add --on')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'schedule add --rule')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'schedule add --start')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'schedule add --zone')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'schedule add --instrument')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'schedule next --rule')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'schedule next --start')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'schedule next --zone')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'schedule next --exdate')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'schedule next --count')
		mapfile -t COMPREPLY < <(compgen -W '' -- "$cur")
		return
		;;
	'start --answers')
		mapfile -t COMPREPLY < <(compgen -W '-' -- "$cur")
		return
		;;
	'start --key')
		mapfile -t COMPREPLY < <(compgen -W 'keyring passphrase file' -- "$cur")
		return
		;;
	'unlock --answers')
		mapfile -t COMPREPLY < <(compgen -W '-' -- "$cur")
		return
		;;
	'unlock --keep')
		mapfile -t COMPREPLY < <(compgen -W 'yes no' -- "$cur")
		return
		;;
	*' --home')
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$opts --home --json --help --version" -- "$cur")
	elif [[ -n $subs ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$subs" -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}
complete -o filenames -F _keel keel
