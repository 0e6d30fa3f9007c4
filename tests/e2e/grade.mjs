/*
 * grade - the reading grade of texts, by text-readability (npm): Flesch and
 * Kincaid's, from words a sentence and syllables a word.
 *
 * Reads a JSON list of texts, answers with a list of [grade, words, longest
 * word's syllables].
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const rs = createRequire(import.meta.url)("text-readability").default ??
	createRequire(import.meta.url)("text-readability");
const texts = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => [
	rs.fleschKincaidGrade(text), rs.lexiconCount(text, true),
	Math.max(0, ...text.split(/[^A-Za-z']+/).filter(Boolean)
		.map((word) => rs.syllableCount(word))),
])));
