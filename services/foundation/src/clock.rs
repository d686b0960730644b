//! Time and identity as parameters: the only place that reads the machine's clock or draws randomness for ids.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use access::Instant;
use jiff::{Timestamp, civil, tz::TimeZone};
use uuid::Uuid;

/// What tells the time.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until a test moves it.
    Standing(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at this moment.
    pub fn standing_at(now: Instant) -> Self {
        Self::Standing(Arc::new(AtomicI64::new(now)))
    }

    /// Now, in microseconds since 1970.
    pub fn now(&self) -> Instant {
        match self {
            Self::System => Timestamp::now().as_microsecond(),
            Self::Standing(at) => at.load(Ordering::SeqCst),
        }
    }

    /// Moves a standing clock on; does nothing to the machine's.
    pub fn advance(&self, microseconds: i64) {
        if let Self::Standing(at) = self {
            at.fetch_add(microseconds, Ordering::SeqCst);
        }
    }

    /// A new UUIDv7 for this moment.
    pub fn id(&self) -> Uuid {
        let now = self.now();
        let seconds = u64::try_from(now.div_euclid(1_000_000)).unwrap_or_default();
        let nanos = u32::try_from(now.rem_euclid(1_000_000) * 1000).unwrap_or_default();
        Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos))
    }
}

/// A second, in microseconds.
pub const SECOND: i64 = 1_000_000;

/// The zone of Dutch civil dates.
pub fn amsterdam() -> TimeZone {
    TimeZone::get("Europe/Amsterdam").expect("the time zone database is bundled")
}

/// The instant at which a Dutch civil date begins; `None` beyond what can be represented.
pub fn start_of(date: civil::Date) -> Option<Instant> {
    date.to_zoned(amsterdam())
        .ok()
        .map(|moment| moment.timestamp().as_microsecond())
}

/// The exclusive instant at which a Dutch civil date has ended; `None` beyond what can be represented.
pub fn end_of(date: civil::Date) -> Option<Instant> {
    date.tomorrow()
        .ok()?
        .to_zoned(amsterdam())
        .ok()
        .map(|moment| moment.timestamp().as_microsecond())
}

/// The last Dutch civil date before an exclusive end instant.
pub fn last_date_before(end: Instant) -> civil::Date {
    let moment = Timestamp::from_microsecond(end - 1).unwrap_or(Timestamp::MAX);
    moment.to_zoned(amsterdam()).date()
}

/// The Dutch civil date of an instant.
pub fn date_of(instant: Instant) -> civil::Date {
    Timestamp::from_microsecond(instant)
        .unwrap_or(Timestamp::MAX)
        .to_zoned(amsterdam())
        .date()
}
