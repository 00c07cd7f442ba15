//! What there is to read: the runs of the file, and the tables in memory. One query of each, for every question asks.

use duckdb::Connection;

/// What the file holds.
pub(super) struct Manifest {
    /// Rows up to before here.
    pub(super) position: u64,
    /// The runs, with the arrivals of the oldest and of the newest row of each, in milliseconds.
    pub(super) runs: Vec<(u32, (i64, i64))>,
}

impl Manifest {
    pub(super) fn read(connection: &Connection) -> duckdb::Result<Self> {
        let sql = "select next_sequence, run, epoch_ms(manifest.received_from), epoch_ms(manifest.received_through)
            from disk.progress left join disk.manifest on true
            order by run";
        let mut manifest = Self { position: 0, runs: Vec::new() };
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            manifest.position = row.get(0)?;
            if let Some(run) = row.get::<_, Option<u32>>(1)? {
                manifest.runs.push((run, (row.get(2)?, row.get(3)?)));
            }
        }
        Ok(manifest)
    }
}

/// What the memory tables hold.
pub(super) struct Memory {
    /// Rows from here, up to before the next one.
    pub(super) from_sequence: u64,
    pub(super) next_sequence: u64,
    pub(super) received_through_ms: i64,
    pub(super) generations: Vec<u32>,
}

impl Memory {
    pub(super) fn read(connection: &Connection) -> duckdb::Result<Self> {
        let sql = "select from_sequence, next_sequence, epoch_ms(received_through), generation
            from progress cross join recents
            order by generation";
        let mut memory =
            Self { from_sequence: u64::MAX, next_sequence: 0, received_through_ms: 0, generations: Vec::new() };
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            memory.from_sequence = memory.from_sequence.min(row.get(0)?);
            (memory.next_sequence, memory.received_through_ms) = (row.get(1)?, row.get(2)?);
            memory.generations.push(row.get(3)?);
        }
        Ok(memory)
    }
}
