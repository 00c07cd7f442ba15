//! Events gathered into one body for `POST /v1/events`.

/// Most events in one body.
pub(super) const EVENTS_MAX: usize = 500;
/// Longest body, in bytes.
pub(super) const BODY_BYTES_MAX: usize = 900 * 1024;

const END: &str = "]}";

/// An event as JSON, and the line or row of its file that it stands in.
pub(super) type Placed = (String, u64);

/// The events of one body in the making.
pub(super) struct Batch {
    head: String,
    events: Vec<Placed>,
    /// How long the body is so far, without its end.
    bytes: usize,
}

impl Batch {
    /// For `site`, without events.
    pub(super) fn new(site: &str) -> Self {
        let site = serde_json::Value::from(site);
        let head = format!("{{\"site\":{site},\"events\":[");
        Self { bytes: head.len(), head, events: Vec::new() }
    }

    /// Whether `event`, a JSON object, fits beside the events that are there.
    pub(super) fn has_room_for(&self, event: &str) -> bool {
        self.events.len() < EVENTS_MAX && self.bytes + 1 + event.len() + END.len() <= BODY_BYTES_MAX
    }

    /// Adds `event`, which stands in line or row `place` of its file.
    pub(super) fn push(&mut self, event: String, place: u64) {
        self.bytes += 1 + event.len();
        self.events.push((event, place));
    }

    /// Takes the events; the batch is empty then.
    pub(super) fn take(&mut self) -> Vec<Placed> {
        self.bytes = self.head.len();
        std::mem::take(&mut self.events)
    }

    /// The body with these events.
    pub(super) fn body(&self, events: &[Placed]) -> String {
        let events: Vec<&str> = events.iter().map(|(event, _)| event.as_str()).collect();
        format!("{}{}{END}", self.head, events.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_one_batch_of_bounded_size() {
        let mut batch = Batch::new("a\"b");
        batch.push("{}".to_owned(), 2);
        batch.push("{\"c\":1}".to_owned(), 3);
        let events = batch.take();
        assert_eq!(batch.body(&events), r#"{"site":"a\"b","events":[{},{"c":1}]}"#);
        assert_eq!((events[0].1, events[1].1), (2, 3));
        assert!(batch.take().is_empty());
        while batch.has_room_for("{}") {
            batch.push("{}".to_owned(), 1);
        }
        assert_eq!(batch.take().len(), EVENTS_MAX);
        let event = format!("\"{}\"", "x".repeat(100_000));
        while batch.has_room_for(&event) {
            batch.push(event.clone(), 1);
        }
        let events = batch.take();
        assert!(batch.body(&events).len() <= BODY_BYTES_MAX);
        assert_eq!(events.len(), 9);
    }
}
