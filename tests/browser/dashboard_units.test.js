// The dashboard's pure parts: what people read (numbers, dates, titles) and what an address means.

import assert from "node:assert/strict";
import { test } from "node:test";

import { funnelMarks } from "../../src/report/dashboard/charts/shape.js";
import { csvOf } from "../../src/report/dashboard/csv.js";
import { headline, nextSort, outstanding, sortRows, worstFall } from "../../src/report/dashboard/findings.js";
import { formatFor } from "../../src/report/dashboard/format.js";
import { funnelAddress, funnelRequest, keptQuestion, parseFunnelQuestion, parseWindow, sharedQuestion, windowText } from "../../src/report/dashboard/funnel-question.js";
import { COMMERCE_NAME, DATALAYER_LINE, onlyConsent, pixelAt, reasonsSince, stateOf, tagAt } from "../../src/report/dashboard/installation.js";
import { measureOf, moneyText } from "../../src/report/dashboard/leaving.js";
import { stepOf } from "../../src/report/dashboard/funnel-steps.js";
import { addDays, isDay, periodBefore, presetOf, presetPeriod, todayIn } from "../../src/report/dashboard/period.js";
import { fill, fillText } from "../../src/report/dashboard/sentence.js";
import { parseScope, scopeText } from "../../src/report/dashboard/scope.js";
import { parseNext, parseRoute } from "../../src/report/dashboard/state.js";
import { eventLabel, loadWords, spanText, speak, text as strings } from "../../src/report/dashboard/strings/index.js";
import { COMMERCE_NAME as TAKEN_NAME } from "../../js-snippet/src/commerce.js";

const english = formatFor("en-GB");
const SCREENS = ["funnel", "install"];

await speak("en", []);
await loadWords("funnel");
const TODAY = "2026-11-22";

// A funnel's answer from what reached each step and what is still on the way at it.
function stepsOf(reached, underway = []) {
  return reached.map((count, index) => {
    const waiting = underway[index] ?? 0;
    const left = index === reached.length - 1 ? 0 : count - reached[index + 1] - waiting;
    return { step: index + 1, label: `step_${index + 1}`, reached: count, drop_off: left, in_progress: waiting };
  });
}

function titleOf(steps) {
  const { kind, step, count } = headline(steps);
  const counted = english.plural(strings.units.visitor.forms, count ?? 0);
  return fillText(strings.titles[kind], { step: step && eventLabel(step.label), loss: counted, count: counted });
}

const questionOf = (address) => parseFunnelQuestion(new URL(address, "http://styk.test").search, TODAY);

test("shares are rounded for reading, and never claim everything or nothing wrongly", () => {
  const read = [1, 0.24, 0.1273, 0.068, 0.0055, 0.00043, 0.00001, 0, 0.9996, null, Number.NaN, undefined];
  assert.deepEqual(read.map(english.share), [
    "100%", "24%", "12.7%", "6.8%", "0.55%", "0.043%", "<0.01%", "0%", ">99.9%", "–", "–", "–",
  ]);
});

test("counts are grouped, and only a chart shortens them", () => {
  assert.equal(english.count(18240), "18,240");
  assert.equal(english.count(9_995_520), "9,995,520");
  assert.equal(english.chartCount(18240), "18,240");
  assert.match(english.chartCount(9_995_520), /^9\.996M$/i);
  assert.equal(english.count(null), "–");
  assert.equal(english.lost(13_863), "−13,863");
  assert.equal(english.lost(0), "0");
  assert.match(english.chartLost(7_596_614), /^−7\.597M$/i);
});

test("durations show their two largest units", () => {
  const read = [0, 0.4, 3.42, 9.99, 59.6, 64.2, 192, 3600, 11_739, 86_399.7, 90_061, 864_000, null, Number.NaN, -1];
  assert.deepEqual(read.map(english.duration), [
    "0s", "0.4s", "3.4s", "10s", "1m", "1m 4s", "3m 12s", "1h", "3h 15m", "1d", "1d 1h", "10d", "–", "–", "–",
  ]);
});

test("numbers follow the reader's language", () => {
  assert.equal(formatFor("de").share(0.0685), "6,9\u00a0%");
  assert.equal(formatFor("pl").count(18240), "18\u00a0240");
  const forms = { one: "{n} osoba", few: "{n} osoby", many: "{n} osób", other: "{n} osoby" };
  assert.deepEqual([1, 3, 5].map((count) => formatFor("pl").plural(forms, count)), ["1 osoba", "3 osoby", "5 osób"]);
});

test("money has the decimals of its currency", () => {
  const read = [[1990, "EUR"], [1990, "JPY"], [1990, "KWD"], [123_456_00, "HUF"], [Number.NaN, "EUR"]];
  assert.deepEqual(read.map(([minor, currency]) => english.money(minor, currency).replaceAll("\u00a0", " ")), ["€19.90", "JP¥1,990", "KWD 1.990", "HUF 123,456", "–"]);
});

test("a period is read with its last day, not the day after it", () => {
  assert.match(english.period({ from: "2026-11-01", to: "2026-11-08" }), /^1\s?–\s?7 Nov 2026$/u);
  assert.equal(english.period({ from: "2026-10-25", to: "2026-10-26" }), "25 Oct 2026");
});

test("freshness is told in the site's time zone, and survives one the browser does not know", () => {
  assert.match(english.instant("2026-11-22T15:04:02Z", "Europe/Warsaw"), /16:04/);
  assert.match(english.instant("2026-11-22T15:04:02Z", "Mars/Olympus"), /15:04/);
  assert.equal(english.instant(null, "UTC"), "–");
});

test("today is the site's day, not the reader's", () => {
  const lateEvening = new Date("2026-11-22T23:30:00Z");
  assert.equal(todayIn("Europe/Warsaw", lateEvening), "2026-11-23");
  assert.equal(todayIn("America/New_York", lateEvening), "2026-11-22");
  assert.equal(todayIn("Pacific/Kiritimati", lateEvening), "2026-11-23");
  assert.equal(todayIn("Mars/Olympus", lateEvening), "2026-11-22");
});

test("presets are whole calendar days across both daylight-saving changes", () => {
  // In Warsaw clocks go back on 25 October 2026 and forward on 28 March 2027.
  const autumn = todayIn("Europe/Warsaw", new Date("2026-10-24T22:30:00Z"));
  assert.deepEqual(presetPeriod("today", autumn), { from: "2026-10-25", to: "2026-10-26" });
  assert.deepEqual(presetPeriod("yesterday", "2026-10-26"), { from: "2026-10-25", to: "2026-10-26" });
  const stillTheLongDay = todayIn("Europe/Warsaw", new Date("2026-10-25T22:59:00Z"));
  assert.deepEqual(presetPeriod("last_7_days", stillTheLongDay), { from: "2026-10-19", to: "2026-10-26" });
  const spring = todayIn("Europe/Warsaw", new Date("2027-03-28T22:30:00Z"));
  assert.deepEqual(presetPeriod("last_30_days", spring), { from: "2027-02-28", to: "2027-03-30" });
  assert.deepEqual(presetPeriod("this_month", "2027-03-28"), { from: "2027-03-01", to: "2027-03-29" });
  assert.deepEqual(presetPeriod("last_month", "2027-01-31"), { from: "2026-12-01", to: "2027-01-01" });
  assert.deepEqual(presetPeriod("last_90_days", "2027-01-31"), { from: "2026-11-03", to: "2027-02-01" });
});

test("days are counted over months, years and leap days", () => {
  assert.equal(addDays("2026-12-31", 1), "2027-01-01");
  assert.equal(addDays("2028-03-01", -1), "2028-02-29");
  assert.deepEqual(
    ["2026-11-01", "2026-02-29", "2026-13-01", "26-11-01", "0002-01-01", "2026-11-01T00:00", null].map(isDay),
    [true, false, false, false, false, false, false],
  );
});

test("a period is recognised as its preset, and the one last chosen wins a tie", () => {
  assert.equal(presetOf({ from: "2026-10-24", to: "2026-11-23" }, TODAY), "last_30_days");
  assert.equal(presetOf({ from: "2026-10-24", to: "2026-11-22" }, TODAY), "custom");
  const first = { from: "2026-11-01", to: "2026-11-02" };
  assert.equal(presetOf(first, "2026-11-01"), "today");
  assert.equal(presetOf(first, "2026-11-01", "this_month"), "this_month");
  assert.equal(presetOf(first, "2026-11-01", "custom"), "today");
});

test("a question survives its way through the address, whatever its events are called", () => {
  const question = {
    from: "2026-11-01",
    to: "2026-11-08",
    compare: true,
    where: [{ field: "properties.a:b,c", op: "in", values: ["x,y&z", "żółw:#1"] }],
    segment: [{ verb: "did_not", ever: true, kind: "page", name: "/a;b:c*", where: [] }],
    steps: ["view_item", "a,b&c=d#e+f g", "żółw <b>", "page:x?", "constructor"].map((name) => stepOf(name)),
    windowSeconds: 2700,
    unit: "session",
    order: "sequential",
    exclude: [],
    hold: [],
    breakdown: "channel",
    trend: "none",
    labels: "count",
    sort: "step2",
  };
  const address = funnelAddress("my shop/1", question);
  assert.deepEqual(questionOf(address), question);
  assert.deepEqual(parseRoute(new URL(address, "http://styk.test").pathname, SCREENS), { screen: "funnel", key: "my shop/1" });
});

test("an address spells out what defines the numbers and leaves out a view's defaults", () => {
  assert.equal(
    funnelAddress("shop", questionOf("/?from=2026-11-01&to=2026-11-08&steps=view_item,purchase&breakdown=none")),
    "/sites/shop/funnel?from=2026-11-01&to=2026-11-08&steps=view_item,purchase&window=7d&unit=visitor",
  );
});

test("days, comparison and filters survive their way through the address, and what is no filter is left out", () => {
  const where = [
    { field: "device", op: "eq", values: ["mobile"] },
    { field: "page", op: "not_in", values: ["/a,b", "/c:d?e=f&g"] },
  ];
  const scope = { from: "2026-11-01", to: "2026-11-08", compare: true, where, segment: [] };
  assert.deepEqual(parseScope(`?${scopeText(scope)}`, TODAY), scope);
  assert.equal(scopeText({ ...scope, compare: false, where: where.slice(0, 1) }), "from=2026-11-01&to=2026-11-08&where=device:eq:mobile");
  const broken = "?from=2026-11-01&to=2026-11-08&where=device&where=device:is:x&where=device:eq:&where=a:eq:b:c&where=a:eq:b,c&where=%E0%A4%A:eq:x";
  assert.deepEqual(parseScope(broken, TODAY).where, []);
});

test("whoever comes without days gets thirty, beside the thirty before", () => {
  assert.deepEqual(parseScope("", TODAY), { from: "2026-10-24", to: "2026-11-23", compare: true, where: [], segment: [] });
  assert.deepEqual(periodBefore({ from: "2026-10-24", to: "2026-11-23" }), { from: "2026-09-24", to: "2026-10-24" });
  assert.equal(parseScope("?from=2026-11-01&to=2026-11-08", TODAY).compare, false);
});

test("a saved table is no formula, and reads back as it was", () => {
  const rows = [["Name", "Count"], ["=1+1", -3], ["+48 1", 1.5], ["@x", 0], ["-a", "-12.50"], ['a "b", c', " d "], ["\t=1", "ok"]];
  assert.equal(csvOf(rows), "Name,Count\r\n'=1+1,-3\r\n'+48 1,1.5\r\n'@x,0\r\n'-a,-12.50\r\n\"a \"\"b\"\", c\",\" d \"\r\n\"'\t=1\",ok\r\n".replace("\"'\t=1\"", "'\t=1"));
});

test("what cannot be read in an address becomes its default", () => {
  const broken = questionOf("/?from=2026-11-08&to=2026-11-01&steps=only_one&window=9000d&unit=toString&breakdown=x&labels=%E0%A4%A&sort=evil");
  assert.deepEqual(broken, parseFunnelQuestion("", TODAY));
  assert.deepEqual([broken.from, broken.to], ["2026-10-24", "2026-11-23"]);
  assert.equal(broken.steps.length, 6);
  assert.equal(questionOf("/?steps=a,%E0%A4%A,b").steps.map(({ name }) => name).join(), "a,b");
});

test("conversion windows are written in their largest unit and kept within a second and a leap year", () => {
  assert.deepEqual([1800, 86_400, 5400, 61].map(windowText), ["30m", "1d", "90m", "61s"]);
  assert.deepEqual(["30m", "366d", "367d", "0d", "7", "d7", null].map(parseWindow), [1800, 31_622_400, null, null, null, null, null]);
  assert.deepEqual([1800, 86_400, 604_800].map(spanText), ["30 minutes", "1 day", "7 days"]);
});

test("the request carries only what the API knows", () => {
  const asked = questionOf("/?from=2026-11-01&to=2026-11-08&steps=view_item,purchase&labels=count&breakdown=device&sort=value");
  assert.deepEqual(funnelRequest(asked), {
    from: "2026-11-01",
    to: "2026-11-08",
    steps: [{ event: "view_item" }, { event: "purchase" }],
    window_seconds: 604_800,
    unit: "visitor",
    breakdown: { field: "device", limit: 10 },
  });
});

test("signing in never leads to another site", () => {
  const next = (path) => parseNext(`?next=${encodeURIComponent(path)}`);
  assert.equal(next("/sites/shop/funnel?steps=a,b"), "/sites/shop/funnel?steps=a,b");
  for (const path of ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "javascript:alert(1)", "", "/login?next=/login"]) {
    assert.equal(next(path), "/", path);
  }
});

test("paths lead to their screens and nowhere else", () => {
  assert.deepEqual(
    ["/", "/login", "/setup", "/share", "/sites/shop/funnel", "/sites/shop/funnel/", "/sites/shop/install", "/sites//funnel", "/sites/%E0%A4%A/funnel", "/admin"].map((path) => parseRoute(path, SCREENS).screen),
    ["sites", "login", "setup", "share", "funnel", "funnel", "install", "unknown", "unknown", "unknown"],
  );
});

test("a link moves with the calendar if its days end with today, and stays if they do not", () => {
  const days = (question) => {
    const { last_days, from, to } = keptQuestion({ ...questionOf("/sites/shop/funnel"), ...question }, TODAY);
    return last_days ?? `${from} ${to}`;
  };
  assert.equal(days(presetPeriod("last_7_days", TODAY)), 7);
  assert.equal(days(presetPeriod("today", TODAY)), 1);
  assert.equal(days({ from: "2026-11-01", to: "2026-11-08" }), "2026-11-01 2026-11-08");
  const method = { from: "2026-11-01T00:00:00+01:00", to: "2026-11-08T00:00:00+01:00", window_seconds: 60, unit: "visitor" };
  const steps = [{ event: "view_item" }, { page: "/thanks", label: "Thanks" }];
  const shown = sharedQuestion({ breakdown: { field: "page" }, steps }, { method });
  const names = shown.steps.map(({ kind, name, label }) => [kind, name, label].join(" "));
  assert.deepEqual([shown.from, shown.to, shown.breakdown, names], ["2026-11-01", "2026-11-08", "page", ["event view_item ", "page /thanks Thanks"]]);
  assert.equal(sharedQuestion({ steps }, { method: { ...method, to: "2026-11-08T12:00:00+01:00" } }).to, "2026-11-09");
});

test("the title names the step that lost most, by count, and books the loss where they left", () => {
  assert.equal(titleOf(stepsOf([18_240, 4377, 2310, 1236])), "step_1 lost 13,863 visitors");
  assert.equal(titleOf(stepsOf([5000, 4377, 2310, 1236])), "step_2 lost 2,067 visitors");
  assert.equal(titleOf(stepsOf([2, 1])), "step_1 lost 1 visitor");
  assert.equal(titleOf(stepsOf([30, 20, 10])), "step_1 lost 10 visitors");
});

test("those still on the way are no loss in the title", () => {
  assert.equal(titleOf(stepsOf([100, 20, 10], [75, 0])), "step_2 lost 10 visitors");
  assert.equal(titleOf(stepsOf([12, 10, 9], [2, 1])), "3 visitors still on the way");
  assert.equal(titleOf(stepsOf([7, 7])), "7 visitors came through, nobody was lost");
  assert.equal(titleOf(stepsOf([0, 0])), "Nobody entered this funnel");
});

test("known events have the shop's words, others keep their own, even if named like a method", () => {
  assert.deepEqual(["view_item", "my_step", "constructor", "__proto__"].map(eventLabel), ["Product view", "my_step", "constructor", "__proto__"]);
});

test("a sentence takes its values wherever the translation puts them", () => {
  assert.deepEqual(fill("{loss} nach {step}", { step: 1, loss: 2 }), [2, " nach ", 1]);
  assert.equal(fillText("{toString} {step}", { step: "{loss}" }), "{toString} {loss}");
});

test("a breakdown is sorted by any column, with the rows that are no value last", () => {
  const row = (value, reached, rate) => ({ value, steps: [{ reached, conversion_rate: 1 }, { reached: 0, conversion_rate: rate }], conversion: { rate } });
  const rows = [row("(other)", 99, 0.9), row("desktop", 5, 0.3), row("(none)", 98, null), row("mobile", 9, 0.1), row("tablet", 1, null)];
  const order = (sort) => sortRows(rows, sort).map(({ value }) => value).join(" ");
  assert.equal(order("-entered"), "mobile desktop tablet (none) (other)");
  assert.equal(order("value"), "desktop mobile tablet (none) (other)");
  assert.equal(order("-conversion"), "desktop mobile tablet (none) (other)");
  assert.equal(order("step2"), "tablet mobile desktop (none) (other)");
});

test("a heading sorts numbers from the largest, names from A, and turns round when asked again", () => {
  assert.deepEqual(
    [nextSort("-entered", "conversion"), nextSort("-conversion", "conversion"), nextSort("conversion", "conversion"), nextSort("-entered", "value"), nextSort("value", "value")],
    ["-conversion", "conversion", "-conversion", "value", "-value"],
  );
});

test("a chart's marks stack up to the step before, and to nothing when nobody entered", () => {
  const [, second] = funnelMarks(stepsOf([100, 20, 10], [30, 0]));
  assert.deepEqual([second.reached, second.underway, second.dropped], [0.2, 0.3, 0.5]);
  assert.deepEqual([second.underwayCount, second.droppedCount], [30, 50]);
  const shares = funnelMarks(stepsOf([0, 0])).flatMap(({ reached, underway, dropped }) => [reached, underway, dropped]);
  assert.deepEqual(shares, [0, 0, 0, 0, 0, 0]);
});

test("an installation is told by what arrived, and by whether the script was fetched", () => {
  const recent = (recent_events, events) => ({ all: { recent_events, events } });
  const read = [
    { recent: null, fetched: { times: 1 } },
    { recent: recent(1, 1), fetched: null },
    { recent: recent(0, 1), fetched: null },
    { recent: recent(0, 0), fetched: { times: 1 } },
    { recent: recent(0, 0), fetched: null },
  ];
  assert.deepEqual(read.map(stateOf), ["unknown", "arriving", "earlier", "silent", "nothing"]);
  assert.equal(onlyConsent({ consent: [{ consent: "pending" }] }), "pending");
  assert.equal(onlyConsent({ consent: [{ consent: "pending" }, { consent: "denied" }] }), null);
});

test("the server's tags and code become the shop's own", () => {
  assert.equal(tagAt('<script src="{origin}/s.js" data-styk-to="{origin}/t">', "https://h.example"), '<script src="https://h.example/s.js" data-styk-to="https://h.example/t">');
  assert.equal(pixelAt('f("https://HOST/s",{site:"SITE"})', "https://h.example/t", "shop"), 'f("https://h.example/t",{site:"shop"})');
});

test("the line for the console of a shop lists what the snippet leaves alone", () => {
  assert.equal(COMMERCE_NAME.source, TAKEN_NAME.source);
  const pushed = [{ event: "gtm.js" }, { event: "add_to_cart" }, { event: "addToCart" }, ["event", "my_step"], ["config", "G-1"], { ecommerce: null }, { event: "addToCart" }];
  assert.deepEqual(new Function("dataLayer", `return ${DATALAYER_LINE}`)(pushed), ["addToCart", "my_step"]);
});

test("what was turned away since the screen was opened is told apart", () => {
  const siteWith = (...reasons) => ({ site: "shop", since_start: { reasons } });
  const [{ since_start }] = reasonsSince(
    [siteWith({ how: "refused", code: "bad_name", events: 5 }, { how: "shed", code: "unknown_site", events: 2 })],
    [siteWith({ how: "refused", code: "bad_name", events: 3 })],
  );
  assert.deepEqual(since_start.reasons.map(({ fresh }) => fresh), [2, 2]);
});

test("money of several currencies stands side by side, the site’s own first, and is never added", () => {
  assert.equal(moneyText({ EUR: 9870, PLN: 500 }, "EUR"), "€98.70 + PLN\u00a05.00");
  assert.equal(moneyText({ EUR: 9870, PLN: 500 }, "PLN"), "PLN\u00a05.00 + €98.70");
  assert.equal(moneyText({}, "EUR"), "–");
});

test("leaks are measured in money, and in exits where there is none", () => {
  const row = (exits, sums) => ({ exits, value_at_exit_minor: sums });
  const lengths = (rows) => {
    const { of, most } = measureOf(rows, "EUR");
    return rows.map((one) => of(one) / most);
  };
  assert.deepEqual(lengths([row(1, { EUR: 200 }), row(9, { EUR: 50, PLN: 900 }), row(5, {})]), [1, 0.25, 0]);
  assert.deepEqual(lengths([row(4, { PLN: 900 }), row(1, {})]), [1, 0.25]);
  assert.deepEqual(lengths([row(0, {})]), [0]);
});

const day = (from, entered, [rate, low, high], complete = true) => ({ from, entered, rate, low, high, complete });
const usual = { rate: 0.75, low: 0.7, high: 0.8 };

test("a day stands out when its interval lies whole below or above that of the whole, once it is over", () => {
  const trend = [
    day("1", 20, [0.75, 0.53, 0.89]),
    day("2", 20, [0, 0, 0.16]),
    day("3", 200, [0.95, 0.91, 0.97]),
    day("4", 0, [null, null, null]),
    day("5", 20, [0, 0, 0.16], false),
  ];
  const { low, high } = outstanding({ trend, conversion: usual });
  assert.deepEqual([low, high].map((days) => days.map(({ from }) => from)), [["2"], ["3"]]);
});

test("the fall that cost most is told, of a value that is one", () => {
  const row = (value, ...trend) => ({ value, conversion: usual, trend });
  const few = row("tablet", day("1", 4, [0, 0, 0.49]), day("2", 4, [0, 0, 0.49]));
  const many = row("mobile", day("1", 30, [0.1, 0.03, 0.26]), day("2", 30, [0.7, 0.52, 0.83]));
  const others = row("(other)", day("1", 900, [0, 0, 0.01]));
  assert.deepEqual(worstFall([few, many, others]), { value: "mobile", low: [many.trend[0]] });
  assert.equal(worstFall([row("desktop", day("1", 30, [0.7, 0.52, 0.83]))]), null);
  assert.equal(worstFall([]), null);
});
