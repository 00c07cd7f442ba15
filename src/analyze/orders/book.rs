//! The difference to the shop's own order book, day by day.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::super::cart_figures::money;
use super::super::cart_query::CartScope;
use crate::domain::calendar::{Bucket, CalendarUnit, index_of};
use crate::domain::money::{Currency, Money};
use crate::domain::order::{Settled, Verdict};
use crate::domain::time::Timestamp;

/// At most so many differences are listed; they are counted all.
const DIFFERENCES_MAX: usize = 100;

/// How the orders and the shop's own order book agree. Conditions do not touch it: a book knows no devices.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OrderBookAnswer")]
pub struct BookAnswer {
    /// The first moment that is compared: the day of the book's first line, or where the period begins.
    pub from: String,
    /// The first moment that is not: the end of the day of its last line, or of the period.
    pub to: String,
    /// All days.
    pub total: BookFigures,
    /// Each day that is compared.
    pub days: Vec<BookDay>,
    /// What does not agree, first ones first; at most a hundred.
    pub differences: Vec<Difference>,
    /// How many there are.
    pub differences_total: u64,
}

/// How many orders agree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BookFigures {
    /// In both, for the same amount; or the book names none.
    pub both: u64,
    /// In both, for different amounts.
    pub amount_differs: u64,
    /// Styk never heard of them.
    pub only_in_book: u64,
    /// The book does not have them.
    pub only_in_styk: u64,
    /// What the book's lines are worth, in minor units by currency.
    pub book_minor: BTreeMap<String, i64>,
    /// What Styk's orders are worth, as they were placed.
    pub styk_minor: BTreeMap<String, i64>,
}

/// One day.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BookDay {
    /// When it begins, in the question's time zone.
    pub from: String,
    /// When it is over.
    pub to: String,
    /// Its orders.
    #[serde(flatten)]
    pub figures: BookFigures,
}

/// One order that does not agree.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OrderBookDifference")]
pub struct Difference {
    /// The order's number.
    pub transaction_id: Option<String>,
    /// When, by the book where it has it.
    pub at: String,
    /// `amount_differs`, `only_in_book` or `only_in_styk`.
    pub verdict: &'static str,
    /// What the book says that it was worth.
    pub book_minor: Option<i64>,
    /// In this currency.
    pub book_currency: Option<String>,
    /// What it was worth in Styk, when it was placed.
    pub styk_minor: Option<i64>,
    /// In this currency.
    pub styk_currency: Option<String>,
}

/// Collects what orders and lines of the book come to.
pub(super) struct Book<'a> {
    asked: &'a CartScope,
    days: Vec<Bucket>,
    counts: Vec<Counts>,
    /// Times of the book's first and last line.
    covered: Option<(i64, i64)>,
    differences: Vec<(i64, Difference)>,
}

#[derive(Clone, Default)]
struct Counts {
    verdicts: [u64; Verdict::ALL.len()],
    book: BTreeMap<Currency, i128>,
    styk: BTreeMap<Currency, i128>,
}

impl<'a> Book<'a> {
    /// Nothing yet; `days_max` is more than the period has.
    pub(super) fn new(asked: &'a CartScope, days_max: usize) -> Self {
        let scope = &asked.scope;
        let whole = || vec![Bucket { from: scope.period.from(), to: scope.period.to(), whole: false }];
        let days = CalendarUnit::Day.buckets(scope.period, &scope.time_zone, days_max).unwrap_or_else(whole);
        Self { asked, counts: vec![Counts::default(); days.len()], days, covered: None, differences: Vec::new() }
    }

    /// Books an order, a line of the book, or both.
    pub(super) fn add(&mut self, settled: &Settled) {
        if let Some(entry) = &settled.entry {
            let (first, last) = self.covered.unwrap_or((entry.at_ms, entry.at_ms));
            self.covered = Some((first.min(entry.at_ms), last.max(entry.at_ms)));
        }
        let Some((verdict, at_ms)) = settled.verdict() else { return };
        let period = self.asked.scope.period;
        if at_ms < period.from().as_ms() || period.to().as_ms() <= at_ms {
            return;
        }
        let day = index_of(&self.days, at_ms).expect("the days are those of the period");
        let counts = &mut self.counts[day];
        counts.verdicts[verdict as usize] += 1;
        let book = settled.entry.as_ref().and_then(|entry| entry.value);
        let styk = settled.order.as_ref().and_then(|order| order.value);
        for (sums, value) in [(&mut counts.book, book), (&mut counts.styk, styk)] {
            if let Some(value) = value {
                *sums.entry(value.currency()).or_default() += i128::from(value.minor());
            }
        }
        if verdict != Verdict::Both {
            self.differences.push((at_ms, self.difference(settled, (verdict, at_ms))));
        }
    }

    fn difference(&self, settled: &Settled, (verdict, at_ms): (Verdict, i64)) -> Difference {
        let book = settled.entry.as_ref().and_then(|entry| entry.value);
        let styk = settled.order.as_ref().and_then(|order| order.value);
        let number = settled.entry.as_ref().and_then(|entry| entry.transaction_id.as_ref());
        let number = number.or(settled.order.as_ref().and_then(|order| order.transaction_id.as_ref()));
        let currency = |value: Option<Money>| value.map(|value| value.currency().as_str().to_owned());
        Difference {
            transaction_id: number.cloned(),
            at: Timestamp::from_ms(at_ms).show_in(&self.asked.scope.time_zone),
            verdict: verdict.as_str(),
            book_minor: book.map(Money::minor),
            book_currency: currency(book),
            styk_minor: styk.map(Money::minor),
            styk_currency: currency(styk),
        }
    }

    /// The days from the book's first line to its last; `None` without a book.
    pub(super) fn into_answer(self) -> Option<BookAnswer> {
        let (first, last) = self.covered?;
        let Self { asked, days, counts, mut differences, .. } = self;
        let covers = |day: &Bucket| first < day.to.as_ms() && day.from.as_ms() <= last;
        let compared: Vec<(Bucket, Counts)> = days.into_iter().zip(counts).filter(|(day, _)| covers(day)).collect();
        let (from, to) = (compared.first()?.0.from, compared.last()?.0.to);
        differences.retain(|(at_ms, _)| (from.as_ms()..to.as_ms()).contains(at_ms));
        differences.sort_by(|(one, a), (other, b)| {
            one.cmp(other).then_with(|| (&a.transaction_id, a.verdict).cmp(&(&b.transaction_id, b.verdict)))
        });
        let differences_total = differences.len() as u64;
        differences.truncate(DIFFERENCES_MAX);
        let mut total = Counts::default();
        compared.iter().for_each(|(_, counts)| total.add(counts));
        let shown = |moment: Timestamp| moment.show_in(&asked.scope.time_zone);
        let day = |(day, counts): &(Bucket, Counts)| BookDay {
            from: shown(day.from),
            to: shown(day.to),
            figures: counts.answer(asked.currency),
        };
        Some(BookAnswer {
            from: shown(from),
            to: shown(to),
            total: total.answer(asked.currency),
            days: compared.iter().map(day).collect(),
            differences: differences.into_iter().map(|(_, difference)| difference).collect(),
            differences_total,
        })
    }
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.verdicts.iter_mut().zip(other.verdicts).for_each(|(orders, more)| *orders += more);
        for (sums, more) in [(&mut self.book, &other.book), (&mut self.styk, &other.styk)] {
            more.iter().for_each(|(&currency, &minor)| *sums.entry(currency).or_default() += minor);
        }
    }

    fn answer(&self, currency: Option<Currency>) -> BookFigures {
        let orders = |verdict: Verdict| self.verdicts[verdict as usize];
        BookFigures {
            both: orders(Verdict::Both),
            amount_differs: orders(Verdict::AmountDiffers),
            only_in_book: orders(Verdict::OnlyInBook),
            only_in_styk: orders(Verdict::OnlyInStyk),
            book_minor: money(&self.book, currency),
            styk_minor: money(&self.styk, currency),
        }
    }
}
