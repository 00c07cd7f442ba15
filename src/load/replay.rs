//! Failed events, tried again: with a newer program, or after what they stumbled over is gone.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use super::follow::Follower;
use super::made::{Decoded, Made};
use super::outcome::SAME_ID;
use super::requests::Replayed;
use crate::domain::encoding;
use crate::store::{self, KeptEvent, Retried};

impl Follower {
    /// Tries every failed event once. What loads leaves the failed events in the same transaction.
    pub(super) fn replay(&mut self) -> Result<Replayed, store::Error> {
        // What failed just now is still in memory.
        self.writer.flush((self.now)())?;
        let mut replayed = Replayed::default();
        let mut from_sequence = 0;
        loop {
            let kept = self.writer.failed_events(from_sequence)?;
            let Some(last) = kept.last() else { break };
            from_sequence = last.sequence + 1;
            self.replay_some(&kept, &mut replayed)?;
        }
        self.progress.replayed.fetch_add(replayed.loaded, Ordering::AcqRel);
        tracing::info!(loaded = replayed.loaded, failing = replayed.failing, "the failed events were tried again");
        Ok(replayed)
    }

    fn replay_some<'k>(&mut self, kept: &'k [KeptEvent], replayed: &mut Replayed) -> Result<(), store::Error> {
        let decode = |kept: &'k KeptEvent| {
            if kept.reason == SAME_ID {
                // Its id is another event's, even after that one is no longer remembered.
                return None;
            }
            let batch = encoding::decode(kept.kind, &kept.payload).ok()?;
            Some((kept, Decoded { sequence: kept.sequence, batch }))
        };
        let (decodable, decoded): (Vec<&KeptEvent>, Vec<Decoded>) = kept.iter().filter_map(decode).unzip();
        let mut made = Made::default();
        for decoded in &decoded {
            self.make(decoded, &mut made);
        }
        let stored = self.compare_again(&mut made).and_then(|()| {
            self.take_poison_out(&decoded, &mut made)?;
            let still_failing: HashSet<u64> = made.failed.iter().map(|failed| failed.sequence).collect();
            let loaded: HashSet<u64> = made.rows.iter().map(|row| row.sequence).collect();
            let of = |decoded: &Decoded, sequences: &HashSet<u64>| {
                let events = decoded.batch.events.len() as u64;
                let own = decoded.sequence..decoded.sequence + events;
                own.filter(|sequence| sequences.contains(sequence)).count() as u64
            };
            let retried = |(kept, decoded): (&KeptEvent, &Decoded)| {
                let failing = of(decoded, &still_failing);
                Retried {
                    sequence: kept.sequence,
                    counted_for: kept.site,
                    site: decoded.batch.site,
                    settled: kept.events.saturating_sub(failing),
                    loaded: of(decoded, &loaded),
                    failing,
                }
            };
            let retried: Vec<Retried> = decodable.into_iter().zip(&decoded).map(retried).collect();
            self.writer.store_again(&made.rows, &retried)?;
            self.progress.ledger.settle(self.writer.totals(), &retried, self.start);
            replayed.loaded += made.rows.len() as u64;
            let done = retried.iter().filter(|retried| retried.failing == 0).count();
            replayed.failing += (kept.len() - done) as u64;
            Ok(())
        });
        if stored.is_err() {
            self.seen.forget(&made.marked);
        }
        stored
    }
}
