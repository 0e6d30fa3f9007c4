_keel() {
	if true; then
}
