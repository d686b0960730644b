//! Notices: what happened to covenants and supervision levels that the account may see, read from this service's outbox.

use access::{Instant, Operation};
use foundation::session::{Bounds, Happened, Item, Protected, Side, Stretch, Told, When};
use foundation::{Fault, Session};
use uuid::Uuid;

use super::rows::{covenant, supervision_level};
use crate::model::notice::{About, change, interests, word};

/// How far notices reach back, in microseconds: ninety days.
const REACH: Instant = 90 * 24 * 3600 * 1_000_000;
/// The name of the tables of their marks.
const NOTICE: &str = "notice";

/// The newest notices before a place, at most so many; the unread ones alone, where asked.
///
/// # Errors
/// The database's.
pub async fn notices(
    side: &Side<'_>,
    unread: bool,
    before: Option<When>,
    limit: u64,
) -> Result<Vec<Item<About>>, Fault> {
    let until = side.read_until(NOTICE).await?;
    let since = side.scope().now - REACH;
    let mut bounds = Bounds {
        since: if unread { since.max(until + 1) } else { since },
        before,
        limit,
    };
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut notices = Vec::new();
    loop {
        let covenants = happened::<covenant::Entity>(side, &bounds, About::Covenant).await?;
        let levels = happened::<supervision_level::Entity>(side, &bounds, About::SupervisionLevel).await?;
        let stretch = Stretch::merged(vec![covenants, levels]);
        let items = side.marked(NOTICE, until, stretch.told).await?;
        notices.extend(items.into_iter().filter(|item| !(unread && item.read)));
        if notices.len() >= most || stretch.reached.is_none() {
            notices.truncate(most);
            return Ok(notices);
        }
        bounds.before = stretch.reached;
    }
}

/// How many notices are unread, at most so many. They are counted, not told of.
///
/// # Errors
/// The database's.
pub async fn count_unread(side: &Side<'_>, limit: u64) -> Result<u64, Fault> {
    let unread = notices(side, true, None, limit).await?;
    if let Some(reader) = side.content() {
        let counted = |about| format!("unread notices = {}", of(&unread, about).count());
        reader.counted::<covenant::Entity>(counted(About::Covenant));
        reader.counted::<supervision_level::Entity>(counted(About::SupervisionLevel));
    }
    Ok(unread.len() as u64)
}

/// Notes that the records of these notices are told of.
pub fn shown(side: &Side<'_>, notices: &[Item<About>]) {
    if let Some(reader) = side.content() {
        reader.shown::<covenant::Entity>(of(notices, About::Covenant));
        reader.shown::<supervision_level::Entity>(of(notices, About::SupervisionLevel));
    }
}

/// The records of this kind.
fn of(notices: &[Item<About>], about: About) -> impl Iterator<Item = Uuid> {
    let told = notices.iter().map(|item| &item.told);
    told.filter(move |told| told.about == about)
        .map(|told| told.when.record_id)
}

async fn happened<E: Protected>(side: &Side<'_>, bounds: &Bounds, about: About) -> Result<Stretch<About>, Fault> {
    let Some(reader) = side.content() else {
        return Ok(Stretch::default());
    };
    let before = bounds.before.as_ref().map(|place| When {
        change: change(&place.change).to_owned(),
        ..place.clone()
    });
    let interests = interests(about, bounds.since);
    let happened = reader.happened::<E>(&interests, before.as_ref(), bounds.limit).await?;
    let told = |happened: Happened| Told {
        when: When {
            at: happened.at,
            record_id: happened.record_id,
            change: word(about, &happened.change).unwrap_or_default().to_owned(),
        },
        about,
    };
    Ok(Stretch::of(happened.into_iter().map(told).collect(), bounds.limit))
}

/// Marks these notices read; again changes nothing.
///
/// # Errors
/// The database's.
pub async fn mark_read(session: &Session, notices: &[When]) -> Result<(), Fault> {
    let writer = session.writer(Operation::Read).await?;
    writer.mark_read(NOTICE, notices).await?;
    writer.commit().await
}

/// Marks all notices until now read.
///
/// # Errors
/// The database's.
pub async fn mark_all_read(session: &Session) -> Result<(), Fault> {
    let writer = session.writer(Operation::Read).await?;
    writer.mark_all_read(NOTICE).await?;
    writer.commit().await
}
