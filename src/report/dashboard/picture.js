// A chart as a PNG: its marks as they are drawn, the words of its HTML around them, and its name above.

const SCALE = 2;
const MARGIN = 24;
const HEAD = 40;
const KEPT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-weight", "font-family", "text-anchor", "visibility"];

/** The chart in `card` as a Blob, `title` above it. */
export async function pictureOf(card, title) {
  const chart = card.querySelector("[data-chart]");
  const place = chart.getBoundingClientRect();
  const [width, height] = [chart.scrollWidth, chart.scrollHeight];
  const canvas = document.createElement("canvas");
  canvas.width = (width + 2 * MARGIN) * SCALE;
  canvas.height = (height + 2 * MARGIN + HEAD) * SCALE;
  const pen = canvas.getContext("2d");
  pen.scale(SCALE, SCALE);
  const style = getComputedStyle(card);
  pen.fillStyle = style.backgroundColor;
  pen.fillRect(0, 0, width + 2 * MARGIN, height + 2 * MARGIN + HEAD);
  pen.translate(MARGIN, MARGIN);
  write(pen, title, { left: 0, bottom: HEAD / 2 }, { ...fontOf(style), font: `600 16px ${style.fontFamily}` });
  pen.translate(-place.left + chart.scrollLeft, HEAD - place.top + chart.scrollTop);
  for (const svg of chart.querySelectorAll("svg")) {
    const { left, top, width: wide, height: high } = svg.getBoundingClientRect();
    pen.drawImage(await imageOf(svg, wide, high), left, top, wide, high);
  }
  writeWords(pen, chart);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}

// As a file of its own: colours and patterns that the page's style sheets give are written into it.
async function imageOf(svg, width, height) {
  const copy = svg.cloneNode(true);
  const copies = [copy, ...copy.querySelectorAll("*")];
  [svg, ...svg.querySelectorAll("*")].forEach((element, index) => keepLook(element, copies[index]));
  const patterns = document.querySelector(".patterns defs");
  const defs = patterns.cloneNode(true);
  const marks = [...defs.querySelectorAll("*")];
  [...patterns.querySelectorAll("*")].forEach((element, index) => keepLook(element, marks[index]));
  copy.prepend(defs);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  return image;
}

function keepLook(element, copy) {
  const style = getComputedStyle(element);
  for (const property of KEPT) {
    // The page's own address stands before a pattern's name once it is computed.
    const value = style.getPropertyValue(property).replaceAll(/url\("[^"#]*#/g, 'url("#');
    copy.setAttribute(property, value.replaceAll('"', "'"));
  }
  copy.removeAttribute("class");
}

function writeWords(pen, chart) {
  const walker = document.createTreeWalker(chart, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!element.closest("svg, .unseen") && node.data.trim() !== "") {
      for (const line of linesOf(node)) {
        write(pen, line.words, line, fontOf(getComputedStyle(element)));
      }
    }
  }
}

// A text's lines where it wraps: where one character stands lower than the one before, a line begins.
function linesOf(node) {
  const lines = [];
  const range = document.createRange();
  for (let index = 0; index < node.length; index += 1) {
    range.setStart(node, index);
    range.setEnd(node, index + 1);
    const { left, top, bottom, width } = range.getBoundingClientRect();
    const last = lines.at(-1);
    if (width > 0 && last && Math.abs(last.top - top) < 2) {
      last.words += node.data[index];
    } else if (width > 0) {
      lines.push({ words: node.data[index], left, top, bottom });
    }
  }
  return lines;
}

const fontOf = (style) => ({ font: `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`, color: style.color });

function write(pen, words, { left, bottom }, { font, color }) {
  pen.font = font;
  pen.fillStyle = color;
  pen.textBaseline = "bottom";
  pen.fillText(words, left, bottom);
}
