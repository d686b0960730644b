//! Results that wait on disk until their reader takes them: a client that sends all before it reads any would else wait
//! for us while we wait for it.

use std::io;

use axum::body::Body;
use futures::stream;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

/// Bytes that are read at a time.
const CHUNK: usize = 64 * 1024;

/// How much was written, and whether that is all.
type Written = (u64, bool);

/// Where results are written.
pub struct Spool {
    file: File,
    written: watch::Sender<Written>,
}

/// A spool and the body that reads it.
///
/// # Errors
/// The system's: no temporary file can be made.
pub fn spool() -> io::Result<(Spool, Body)> {
    let file = tempfile::NamedTempFile::new()?;
    let (writes, reads) = (file.reopen()?, file.reopen()?);
    // Both hold it open; without its name it is gone with them, however the process ends.
    drop(file);
    let (written, told) = watch::channel((0, false));
    let spool = Spool {
        file: File::from_std(writes),
        written,
    };
    let body = stream::try_unfold(
        (File::from_std(reads), told, 0_u64),
        |(mut file, mut told, taken)| async move {
            let (total, ended) = match told.wait_for(|(total, ended)| *total > taken || *ended).await {
                Ok(written) => *written,
                // Its writer is gone without an end.
                Err(_) => return Err(io::Error::from(io::ErrorKind::BrokenPipe)),
            };
            if total == taken && ended {
                return Ok(None);
            }
            let most = usize::try_from(total - taken).unwrap_or(CHUNK).min(CHUNK);
            let mut chunk = vec![0; most];
            file.read_exact(&mut chunk).await?;
            Ok(Some((chunk, (file, told, taken + most as u64))))
        },
    );
    Ok((spool, Body::from_stream(body)))
}

impl Spool {
    /// Adds a line.
    ///
    /// # Errors
    /// The system's.
    pub async fn add(&mut self, lines: &str) -> io::Result<()> {
        self.file.write_all(lines.as_bytes()).await?;
        self.file.flush().await?;
        self.written.send_modify(|(total, _)| *total += lines.len() as u64);
        Ok(())
    }

    /// Whether somebody still reads.
    pub fn is_read(&self) -> bool {
        self.written.receiver_count() > 0
    }

    /// That was all.
    pub fn end(self) {
        self.written.send_modify(|(_, ended)| *ended = true);
        // The reader may still be behind; the last word stays for it.
    }
}
