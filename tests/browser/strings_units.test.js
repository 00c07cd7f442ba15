// The dashboard's words: every language says everything, in the forms that its numbers need.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";

import { LANGUAGES, languageOf } from "../../src/report/dashboard/strings/index.js";

const FOLDER = new URL("../../src/report/dashboard/strings/", import.meta.url);
const PLURALS = ["zero", "one", "two", "few", "many", "other"];

const filesOf = async (language) => (await readdir(new URL(`${language}/`, FOLDER))).toSorted();
const wordsOf = async (language, file) => (await import(new URL(`${language}/${file}`, FOLDER))).words;
const isPlural = (words) => typeof words === "object" && Object.hasOwn(words, "other") && Object.keys(words).every((key) => PLURALS.includes(key));
const holesOf = (sentence) => [...new Set(sentence.match(/\{\w+\}/g) ?? [])].toSorted().join();

/** Each text by its place: "share.link" has no holes, "status.events" is a plural with the hole {n}. */
function placesOf(words, path = []) {
  if (typeof words === "string") {
    return [[path.join("."), holesOf(words)]];
  }
  if (isPlural(words)) {
    const holes = new Set(Object.values(words).map(holesOf));
    return [[`${path.join(".")} by number`, [...holes].toSorted().at(-1)]];
  }
  return Object.entries(words).flatMap(([key, inner]) => placesOf(inner, [...path, key]));
}

function pluralsOf(words, path = []) {
  if (typeof words === "string") {
    return [];
  }
  return isPlural(words) ? [[path.join("."), Object.keys(words).toSorted()]] : Object.entries(words).flatMap(([key, inner]) => pluralsOf(inner, [...path, key]));
}

test("every language has every text, with the same holes", async () => {
  const files = await filesOf("en");
  for (const language of Object.keys(LANGUAGES)) {
    assert.deepEqual(await filesOf(language), files, `files of ${language}`);
    for (const file of files) {
      const [english, other] = [await wordsOf("en", file), await wordsOf(language, file)].map((words) => Object.fromEntries(placesOf(words)));
      assert.deepEqual(other, english, `${language}/${file}`);
    }
  }
});

test("what goes with a number has every form that the language has for whole numbers", async () => {
  for (const language of Object.keys(LANGUAGES)) {
    const rules = new Intl.PluralRules(language);
    const needed = [...new Set([...Array(200).keys()].map((number) => rules.select(number)))];
    for (const file of await filesOf(language)) {
      for (const [place, forms] of pluralsOf(await wordsOf(language, file))) {
        assert.deepEqual(needed.filter((form) => !forms.includes(form)), [], `${language}/${file}: ${place}`);
      }
    }
  }
});

test("files that may be loaded together do not overwrite each other", async () => {
  const keys = (await Promise.all((await filesOf("en")).map((file) => wordsOf("en", file)))).flatMap(Object.keys);
  assert.deepEqual(keys.filter((key, index) => keys.indexOf(key) !== index), []);
});

test("the reader's choice wins, then the browser's order, then English", () => {
  assert.equal(languageOf(null, ["xx", "pl-PL", "de"]), "pl");
  assert.equal(languageOf("cs", ["de"]), "cs");
  assert.equal(languageOf("toString", ["constructor"]), "en");
});
