//! The events that may change a cart, or name one, as events ascend where they are kept; and whose they are.

use std::ops::Range;

use foldhash::{HashMap, HashMapExt as _, HashSet};

use super::activity::ActivityColumns;
use super::cart_words::ActColumns;
use super::known_people::KnownPeople;
use crate::domain::time::Timestamp;
use crate::store::{Code, KeptRows};

/// An event that may change a cart, or names one.
pub(super) struct CartEvent {
    pub(super) person: u64,
    pub(super) visitor: u64,
    pub(super) at_ms: i64,
    pub(super) sequence: u64,
    pub(super) name: Code,
    /// Where the rest of it is: in which piece, and there in which row.
    pub(super) place: (u32, u32),
}

impl CartEvent {
    /// Where it stands among all of them.
    fn key(&self) -> (u64, i64, u64) {
        (self.visitor, self.at_ms, self.sequence)
    }
}

/// All events that may change a cart, as events ascend where they are kept.
pub(super) struct Acts<'a> {
    pub(super) pieces: Vec<ActColumns<'a>>,
    pub(super) list: Vec<CartEvent>,
    /// Whether any of them has the name of this code.
    names: Vec<bool>,
}

impl<'a> Acts<'a> {
    pub(super) fn new(rows: &'a KeptRows, people: &KnownPeople, as_of: Timestamp) -> Self {
        let mut acts =
            Self { pieces: rows.pieces().map(ActColumns::new).collect(), list: Vec::new(), names: Vec::new() };
        rows.ascending(|piece, range| acts.add(rows, (piece, range), people, as_of));
        acts.find_owners();
        acts
    }

    fn add(&mut self, rows: &KeptRows, (piece, range): (usize, Range<usize>), people: &KnownPeople, as_of: Timestamp) {
        let columns = rows.piece(piece);
        let (visitors, times) = (columns.unsigned("visitor"), columns.numbers("at_ms"));
        let (sequences, codes) = (columns.unsigned("sequence"), columns.codes("name"));
        for row in range.filter(|&row| times[row] <= as_of.as_ms()) {
            let (visitor, at_ms, sequence, name) = (visitors[row], times[row], sequences[row], codes[row]);
            let number = |place: usize| u32::try_from(place).expect("a run has fewer rows than numbers");
            let person = people.person(visitor);
            let place = (number(piece), number(row));
            self.list.push(CartEvent { person, visitor, at_ms, sequence, name, place });
            self.names.resize(self.names.len().max(name as usize + 1), false);
            self.names[name as usize] = true;
        }
    }

    /// Who names a cart acts for the person of the first event that names it.
    fn find_owners(&mut self) {
        let Self { pieces, list, .. } = self;
        let cart_id = |act: &CartEvent| pieces[act.place.0 as usize].cart_ids.get(act.place.1 as usize);
        let mut owners: HashMap<&str, (i64, u64, u64)> = HashMap::new();
        for (cart_id, act) in list.iter().filter_map(|act| Some((cart_id(act)?, act))) {
            let named = (act.at_ms, act.sequence, act.person);
            owners.entry(cart_id).and_modify(|first| *first = named.min(*first)).or_insert(named);
        }
        for act in list.iter_mut() {
            if let Some((_, _, owner)) = cart_id(act).and_then(|cart_id| owners.get(cart_id)) {
                act.person = *owner;
            }
        }
    }

    /// Whether it names a cart.
    pub(super) fn names_cart(&self, act: &CartEvent) -> bool {
        let (piece, row) = act.place;
        self.pieces[piece as usize].cart_ids.get(row as usize).is_some()
    }

    /// Those who did what is wanted.
    pub(super) fn people(&self, wanted: impl Fn(&CartEvent) -> bool) -> HashSet<u64> {
        self.list.iter().filter(|act| wanted(act)).map(|act| act.person).collect()
    }

    /// The event that may change a cart in a row, if it is one.
    pub(super) fn get(&self, columns: &ActivityColumns<'_>, row: usize) -> Option<&CartEvent> {
        // Most events have a name that is none of theirs.
        if !self.names.get(columns.names[row] as usize).is_some_and(|known| *known) {
            return None;
        }
        let key = (columns.visitors[row], columns.times[row], columns.sequences[row]);
        let place = self.list.binary_search_by_key(&key, CartEvent::key).ok()?;
        Some(&self.list[place])
    }

    /// Visitors who are not a person alone, and the people that they are.
    pub(super) fn mixed(&self, people: &KnownPeople) -> Mixed {
        let mut mixed: HashSet<u64> = people.merged().collect();
        let moved = self.list.iter().filter(|act| act.person != act.visitor);
        mixed.extend(moved.flat_map(|act| [act.person, act.visitor]));
        Mixed::Some(mixed)
    }
}

/// Whose events do not lie together in time order.
pub(super) enum Mixed {
    Everybody,
    /// The events of these visitors, which may be several people's or one's with others.
    Some(HashSet<u64>),
}

impl Mixed {
    pub(super) fn contains(&self, visitor: u64) -> bool {
        match self {
            Self::Everybody => true,
            Self::Some(visitors) => visitors.contains(&visitor),
        }
    }
}
