//! The same id again, after a restart: memory knows the id and no content, so the file is asked.

use super::content::{content_of, content_of_stored};
use super::follow::Follower;
use super::made::Made;
use super::outcome::{SAME_ID, failed_alone};
use crate::store;

impl Follower {
    /// Compares what came again with what is stored; one look at the file for all of a batch. What differs is a
    /// conflict, and kept.
    pub(super) fn compare_again(&mut self, made: &mut Made<'_>) -> Result<(), store::Error> {
        if made.again.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = made.again.iter().map(|again| (again.batch.site, again.event.id)).collect();
        let seen = &mut self.seen;
        self.writer.stored_contents(&ids, |site, id, stored| {
            if let Some(content) = content_of_stored(&stored) {
                seen.learn(site, id, content);
            }
        })?;
        for again in std::mem::take(&mut made.again) {
            let one = u64::from(self.progress.is_new(again.sequence));
            if self.seen.contradicts(again.batch.site, again.event.id, content_of(again.event)) {
                made.outcome.conflict += one;
                made.failed.push(failed_alone(again.batch, again.event, again.sequence, SAME_ID));
            } else {
                made.outcome.duplicate += one;
                made.outcome.said.entry(again.batch.site).or_default().duplicate += 1;
            }
        }
        Ok(())
    }
}
