#!/usr/bin/env bats
# What the shells offer: commands, subcommands, options, values, files.

offer() { # WORD...: what bash offers for the last word
	# shellcheck source=/dev/null
	source "$EK_ROOT/share/completions/keel.bash"
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	_keel
	printf '%s\n' "${COMPREPLY[@]}"
}

@test "bash: a command by its beginning" {
	[ "$(offer keel check)" = checkin ]
}

@test "bash: hidden commands are not offered, all others are" {
	run offer keel ""
	[[ $output == *plan* && $output == *status* ]]
}

@test "bash: subcommands of a command" {
	run offer keel plan ""
	[[ $output == *edit* && $output == *history* && $output != *checkin* ]]
}

@test "bash: options, the shared ones too" {
	run offer keel diary --
	[[ $output == *--since* && $output == *--json* ]]
}

@test "bash: an option's value is not taken for a command" {
	run offer keel --home plan pl
	[ "$output" = plan ]
}

@test "bash: values that are listed" {
	[ "$(offer keel start --key pass)" = passphrase ]
}

@test "bash: file names with a space stay whole" {
	cd "$BATS_TEST_TMPDIR"
	touch "my plan.md"
	[ "$(offer keel plan import my)" = "my plan.md" ]
}

@test "zsh: commands and options, the second time too" {
	run timeout 20 zsh -f "$EK_ROOT/tests/cli/complete.zsh" \
		"$EK_ROOT/share/completions"
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *checkin* && $output == *--since* ]]
}
