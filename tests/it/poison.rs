//! Events that cannot be loaded: they stop nothing, are kept, and are tried again.

use std::num::NonZeroU32;
use std::path::Path;

use serde_json::{Value, json};
use styk::domain::encoding;
use styk::domain::event::Batch;
use styk::domain::id::EventId;
use styk::domain::time::Timestamp;
use styk::journal::{self, Journal, NewRecord, Read, Reader};

use crate::program::{self, Shop};
use crate::store_damage::{see, send, store_file, visits};

/// The last year that all calendars know is 9999.
const YEAR_20000_MS: i64 = 568_971_820_800_000;

/// A batch as the journal of a stopped server has it.
fn first_batch(data: &Path) -> Batch {
    let mut reader = Reader::open(&data.join("journal"), 0).unwrap();
    match reader.next_records(1_000, 1).unwrap().remove(0) {
        Read::Record(record) => encoding::decode(record.kind, &record.payload).unwrap(),
        gap => panic!("{gap:?}"),
    }
}

/// Appends records to the journal of a stopped server: kind, how many events it says, payload.
fn append(data: &Path, records: Vec<(u8, u32, Vec<u8>)>) {
    let options = journal::Options {
        directory: data.join("journal"),
        segment_bytes: 64 << 20,
        queue_records_max: 100,
        queue_bytes_max: 16 << 20,
        free_bytes_min: 0,
        next_sequence_min: 0,
    };
    let (writer, _) = Journal::open(options).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (kind, count, payload) in records {
        let count = NonZeroU32::new(count).unwrap();
        let record = NewRecord { kind, count, received_at_ms: 1_795_000_000_000, stream: 1, payload: &payload };
        runtime.block_on(writer.append(&record)).unwrap();
    }
}

/// The same events under other ids.
fn renamed(batch: &Batch, name: &str) -> Batch {
    let mut batch = batch.clone();
    for (number, event) in batch.events.iter_mut().enumerate() {
        event.id = EventId::parse(&format!("{name}-{number}")).unwrap();
    }
    batch
}

/// What is among the failed events of a stopped server's store: reason and sequence.
fn failed(data: &Path) -> Vec<(String, u64)> {
    let connection = duckdb::Connection::open(store_file(data)).unwrap();
    let mut statement = connection.prepare("select reason, sequence from failed_events order by sequence").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_poison_event_is_kept_and_everything_around_it_loads() {
    let shop = Shop::new();
    let data = shop.data.path();
    let program = shop.start(&[]);
    send(&shop, &program, &visits(0, 51));
    program.terminate();
    let good = first_batch(data);
    let events = good.events.len() as u64;
    let mut poisoned = renamed(&good, "poisoned");
    for index in [0, 31, 99] {
        poisoned.events[index].time.occurred_at = Timestamp::from_ms(YEAR_20000_MS);
    }
    let mut alone = renamed(&good, "alone");
    alone.events.truncate(1);
    let count = u32::try_from(events).unwrap();
    append(
        data,
        vec![
            (encoding::VERSION, count, encoding::encode(&poisoned)),
            (encoding::VERSION, 1, b"no batch".to_vec()),
            (encoding::VERSION, 2, encoding::encode(&alone)),
            (encoding::VERSION, count, encoding::encode(&renamed(&good, "behind"))),
        ],
    );

    let program = shop.start(&[]);
    let seen = see(&shop, &program);
    assert_eq!(seen.row_count() as u64, events + (events - 3) + events);
    assert_eq!(program.metric("styk_load_failed_total"), 6);
    assert_eq!(program.metric("styk_load_loaded_total"), 2 * events - 3);
    assert_eq!(program.metric("styk_load_retried_total"), 0, "the store is not to blame");
    send(&shop, &program, &visits(1_000, 3));
    assert_eq!(see(&shop, &program).row_count(), seen.row_count() + 6);
    assert_eq!(program::run(data, &["replay"]), "0 loaded, 5 still fail\n");
    assert_eq!(program.metric("styk_account_quarantined_events"), 6);
    assert_eq!(program.metric("styk_account_unreconciled_events"), 0);
    program.terminate();

    let reasons = failed(data);
    let refused = |index| ("refused_by_store".to_owned(), events + index);
    let unread = |index| ("not_decodable".to_owned(), 2 * events + index);
    assert_eq!(reasons, [refused(0), refused(31), refused(99), unread(0), unread(1)]);
}

#[test]
fn replay_loads_what_can_be_loaded_now_once() {
    let shop = Shop::new();
    let data = shop.data.path();
    let program = shop.start(&[]);
    send(&shop, &program, &visits(0, 51));
    program.terminate();
    let later = renamed(&first_batch(data), "later");
    let events = later.events.len() as u64;
    // As a newer program would write it.
    append(data, vec![(9, u32::try_from(events).unwrap(), encoding::encode(&later))]);

    let program = shop.start(&[]);
    program.wait_until_loaded();
    assert_eq!(program::run(data, &["replay"]), "0 loaded, 1 still fail\n");
    assert_eq!(see(&shop, &program).row_count() as u64, events);
    program.terminate();
    // Now this program knows it.
    let connection = duckdb::Connection::open(store_file(data)).unwrap();
    connection.execute_batch("update failed_events set kind = 1").unwrap();
    connection.close().unwrap();

    let program = shop.start(&[]);
    assert_eq!(program::run(data, &["replay"]), format!("{events} loaded, 0 still fail\n"));
    let account = |part: &str| program.metric(&format!("styk_account_{part}_events{{site=\"shop\"}}"));
    assert_eq!([account("accepted"), account("loaded")], [2 * events; 2], "they have found their site");
    assert_eq!(program.metric("styk_account_quarantined_events"), 0);
    assert_eq!(program.metric("styk_account_unreconciled_events"), 0);
    let seen = see(&shop, &program);
    assert_eq!(seen.row_count() as u64, 2 * events);
    assert_eq!(program::run(data, &["replay"]), "0 loaded, 0 still fail\n");
    program.kill9();
    let program = shop.start(&[]);
    assert!(see(&shop, &program) == seen, "in the file when the command said so");
}

#[test]
fn replay_takes_many_large_records_some_at_a_time() {
    let shop = Shop::new();
    let data = shop.data.path();
    let program = shop.start(&[]);
    send(&shop, &program, &visits(0, 1));
    program.terminate();
    let one = first_batch(data);
    let large = |record: usize| {
        let mut batch = one.clone();
        batch.events = vec![one.events[0].clone(); 15_000];
        (9, 15_000, encoding::encode(&renamed(&batch, &format!("large-{record}"))))
    };
    append(data, (0..4).map(large).collect());
    let program = shop.start(&[]);
    program.wait_until_loaded();
    program.terminate();
    let connection = duckdb::Connection::open(store_file(data)).unwrap();
    connection.execute_batch("update failed_events set kind = 1").unwrap();
    connection.close().unwrap();

    let program = shop.start(&[]);
    assert_eq!(program::run(data, &["replay"]), "60000 loaded, 0 still fail\n");
    assert_eq!(program.metric("styk_account_unreconciled_events"), 0);
    assert_eq!(program.metric("styk_store_rows"), 60_001);
}

#[test]
fn other_content_under_a_known_id_is_a_conflict_after_a_restart_too() {
    let shop = Shop::new();
    let data = shop.data.path();
    let event = |value: &str, sku: &str| -> Value {
        json!({
            "id": "order-1", "name": "purchase", "visitor": "v1", "url": "https://shop.example/thanks",
            "value": value, "currency": "EUR", "transaction_id": "T1", "cart_id": "C1",
            "items": [{ "item_id": sku, "item_name": "Cap", "price": "19.90", "quantity": 2 }],
            "properties": { "coupon": "SPRING" },
        })
    };
    let mut program = shop.start(&[]);
    send(&shop, &program, &[event("39.80", "S1")]);
    program.wait_until_loaded();
    let again = [("39.80", "S1", 0), ("39.80", "S2", 1), ("39.80", "S1", 0), ("29.90", "S1", 1)];
    for (stop, (value, sku, conflicts)) in again.into_iter().enumerate() {
        if stop % 2 == 0 {
            program.terminate()
        } else {
            program.kill9()
        };
        program = shop.start(&[]);
        program.wait_until_loaded();
        let counts = || ["conflict", "duplicate"].map(|what| program.metric(&format!("styk_load_{what}_total")));
        let [conflicts_before, duplicates_before] = counts();
        send(&shop, &program, &[event(value, sku)]);
        program.wait_until_loaded();
        assert_eq!(counts(), [conflicts_before + conflicts, duplicates_before + 1 - conflicts], "{value} {sku}");
        assert_eq!(see(&shop, &program).row_count(), 1);
    }
    program.terminate();
    let kept: Vec<_> = failed(data).into_iter().map(|(reason, _)| reason).collect();
    assert_eq!(kept, ["same_id_other_content", "same_id_other_content"]);
}
