// Sentences with holes. The words live in strings/, one file a language; a hole may take text or an
// element (a step's name inside <bdi>), and its place in the sentence is the translation's to choose.

/** fill("{step} lost {loss}", {…}) as a list of texts and values, ready to be an element's children. */
export function fill(template, values) {
  return template
    .split(/(\{\w+\})/)
    .filter((piece) => piece !== "")
    .map((piece) => {
      const name = /^\{(\w+)\}$/.exec(piece)?.[1];
      return name !== undefined && Object.hasOwn(values, name) ? values[name] : piece;
    });
}

/** The same as one text, for titles and labels. */
export function fillText(template, values) {
  return fill(template, values).join("");
}
