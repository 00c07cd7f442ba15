//! What people did after the last step that they filled: the next thing, and the last field of a form that they touched.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::condition::code_or_never;
use super::rows::UnitKey;
use super::{Question, shown};
use crate::analyze::people::{Named, linked, push_customers};
use crate::analyze::relation::{Rows, push_rows};
use crate::domain::cart::Act;
use crate::domain::funnel::{PASSIVE_EVENTS, PASSIVE_PREFIX, Unit};
use crate::domain::time::Timestamp;
use crate::store::{self, Code, Query, Snapshot};

/// What somebody did next.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "NextDeed")]
pub struct Next {
    /// The event.
    pub event: String,
    /// Where.
    pub touchpoint: String,
    /// When.
    pub at: String,
}

/// What somebody did after a step.
#[derive(Clone, Debug, Default)]
pub(super) struct Afterwards {
    pub(super) next: Option<Next>,
    pub(super) last_field: Option<String>,
}

/// Someone, and when the last step was filled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    pub(super) unit: UnitKey,
    pub(super) at_ms: i64,
}

/// The first event of each after that moment, passive ones apart; of a session, in it. In their order.
pub(super) fn afterwards(
    snapshot: &Snapshot,
    question: &Question,
    left: &[Left],
) -> Result<Vec<Afterwards>, store::Error> {
    let mut found = vec![Afterwards::default(); left.len()];
    if left.is_empty() {
        return Ok(found);
    }
    snapshot.stream(&afterwards_query(snapshot, question, left), |columns| {
        let places = columns.unsigned("place");
        let (names, touchpoints) = (columns.codes("next_name"), columns.codes("next_touchpoint"));
        let times = columns.numbers("next_at_ms");
        for (row, &place) in places.iter().enumerate() {
            let next = (names[row] != store::NO_CODE).then(|| Next {
                event: shown(snapshot, names[row]),
                touchpoint: shown(snapshot, touchpoints[row]),
                at: Timestamp::from_ms(times[row]).show_in(&question.scope.time_zone),
            });
            let last_field = columns.text("last_field", row).map(str::to_owned);
            found[usize::try_from(place).expect("a place in the list")] = Afterwards { next, last_field };
        }
    })?;
    Ok(found)
}

fn afterwards_query(snapshot: &Snapshot, question: &Question, left: &[Left]) -> Query {
    let of_customers = question.funnel.unit() == Unit::Customer;
    let mut query = Query::new();
    push_rows(&mut query, snapshot, &question.scope, Rows::Plain);
    if of_customers {
        push_customers(&mut query, snapshot.identity(), Named::Ever);
    }
    query.push(",\nleft_at (place, unit, after_ms, until_ms) as (\n    values");
    for (place, Left { unit, at_ms }) in (0..).zip(left) {
        query.push(if place == 0 { "\n        (" } else { ",\n        (" });
        query.push_numbered("{n}::ubigint, ", place).push_numbered("{n}::ubigint, ", unit.unit);
        query.push_numbered("{n}::bigint, ", at_ms.unsigned_abs());
        query.push_numbered("{n}::bigint)", unit.ends_ms.unsigned_abs());
    }
    query.push("\n),\nlater as (\n    select place, occurred_at, sequence, name, touchpoint, (name not in (");
    query.push_codes(&PASSIVE_EVENTS.map(|name| code_or_never(snapshot, name)));
    query.push(") and name not in (select code from texts where starts_with(text, ");
    query.push_value(store::Value::Text(PASSIVE_PREFIX.to_owned())).push("))) as active,\n        case when name in (");
    query.push_codes(&codes(snapshot, &Act::WITH_PLACES));
    query.push(") then nullif(properties ->> '/field', '') end as field\n    from events");
    if of_customers {
        query.push("\n    join customers on ").push(linked(snapshot.identity()));
    }
    query.push("\n    join left_at on unit = ").push(if of_customers { "customer_number" } else { "visitor" });
    query.push("\n    where site = $site and make_timestamp_ms(after_ms) < occurred_at");
    query.push("\n        and epoch_ms(occurred_at) <= until_ms\n)\nselect place,");
    query.push("\n    coalesce(min_by(name, (occurred_at, sequence)) filter (active), 0)::uinteger as next_name,");
    query.push(
        "\n    coalesce(min_by(touchpoint, (occurred_at, sequence)) filter (active), 0)::uinteger as next_touchpoint,",
    );
    query.push("\n    coalesce(epoch_ms(min(occurred_at) filter (active)), 0) as next_at_ms,");
    query.push("\n    max_by(field, (occurred_at, sequence)) filter (field is not null) as last_field");
    query.push("\nfrom later\ngroup by place");
    query
}

fn codes(snapshot: &Snapshot, names: &[&str]) -> Vec<Code> {
    names.iter().map(|name| code_or_never(snapshot, name)).collect()
}
