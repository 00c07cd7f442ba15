//! Events gathered into one body for `POST /v1/events`.

/// Most events in one body.
pub(super) const EVENTS_MAX: usize = 500;
/// Longest body, in bytes.
pub(super) const BODY_BYTES_MAX: usize = 900 * 1024;

const END: &str = "]}";

/// One body in the making, and where its events came from.
pub(super) struct Batch {
    head: String,
    body: String,
    places: Vec<u64>,
}

impl Batch {
    /// A body for `site` without events.
    pub(super) fn new(site: &str) -> Self {
        let site = serde_json::Value::from(site);
        let head = format!("{{\"site\":{site},\"events\":[");
        Self { body: head.clone(), head, places: Vec::new() }
    }

    /// Whether `event`, a JSON object, fits beside the events that are there.
    pub(super) fn has_room_for(&self, event: &str) -> bool {
        self.places.len() < EVENTS_MAX && self.body.len() + 1 + event.len() + END.len() <= BODY_BYTES_MAX
    }

    /// Adds `event`, which stands in line or row `place` of its file.
    pub(super) fn push(&mut self, event: &str, place: u64) {
        if !self.places.is_empty() {
            self.body.push(',');
        }
        self.body.push_str(event);
        self.places.push(place);
    }

    /// Whether there are no events.
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Takes the finished body and the places of its events; the batch is empty then.
    pub(super) fn take(&mut self) -> (String, Vec<u64>) {
        self.body.push_str(END);
        (std::mem::replace(&mut self.body, self.head.clone()), std::mem::take(&mut self.places))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_one_batch_of_bounded_size() {
        let mut batch = Batch::new("a\"b");
        batch.push("{}", 2);
        batch.push("{\"c\":1}", 3);
        assert_eq!(batch.take(), (r#"{"site":"a\"b","events":[{},{"c":1}]}"#.to_owned(), vec![2, 3]));
        assert!(batch.is_empty());
        while batch.has_room_for("{}") {
            batch.push("{}", 1);
        }
        assert_eq!(batch.take().1.len(), EVENTS_MAX);
        let event = format!("\"{}\"", "x".repeat(100_000));
        while batch.has_room_for(&event) {
            batch.push(&event, 1);
        }
        let (body, places) = batch.take();
        assert!(body.len() <= BODY_BYTES_MAX);
        assert_eq!(places.len(), 9);
    }
}
