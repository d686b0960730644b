//! What must hold of a platform's tables whenever one of its processes dies: nothing stands by half.

use access::State;

use crate::stand::Behind;

/// Each text counts what must not be; `{x}` in it is the id in column `x` as the processing log writes it.
const HALVES: [(&str, &str); 12] = [
    (
        "a signal without feed",
        "SELECT COUNT(*) FROM signal s LEFT JOIN (SELECT DISTINCT record_id FROM signal_feed) f ON f.record_id = s.id
        WHERE f.record_id IS NULL",
    ),
    (
        "a feed without signal",
        "SELECT COUNT(*) FROM signal_feed f WHERE NOT EXISTS (SELECT 1 FROM signal s WHERE s.id = f.record_id)",
    ),
    (
        "a signal without words",
        "SELECT COUNT(*) FROM signal s LEFT JOIN (SELECT DISTINCT signal_id FROM signal_search) w ON w.signal_id = s.id
        WHERE w.signal_id IS NULL",
    ),
    (
        "a signal without its party",
        "SELECT COUNT(*) FROM signal s LEFT JOIN (SELECT DISTINCT signal_id FROM signal_subject) u ON u.signal_id = s.id
        WHERE u.signal_id IS NULL",
    ),
    (
        "a delivered signal without its grant",
        "SELECT COUNT(*) FROM signal s WHERE external_system = 'proef'
        AND 1 <> (SELECT COUNT(*) FROM signal_grant g WHERE g.signal_id = s.id)",
    ),
    (
        "a grant in force that shows nothing",
        "SELECT COUNT(*) FROM signal_grant g JOIN signal s ON s.id = g.signal_id LEFT JOIN signal_feed f ON f.grant_id = g.id
        WHERE g.revoked_at IS NULL AND s.state = {published} AND f.grant_id IS NULL",
    ),
    (
        "a revoked grant that still shows something",
        "SELECT COUNT(*) FROM signal_feed f JOIN signal_grant g ON g.id = f.grant_id
        WHERE g.revoked_at IS NOT NULL AND f.visible_until > g.revoked_at",
    ),
    (
        "a version without its event",
        "SELECT COUNT(*) FROM signal s
        LEFT JOIN (SELECT record_id, COUNT(*) AS n FROM signals_outbox GROUP BY record_id) o ON o.record_id = s.id
        WHERE s.version <> COALESCE(o.n, 0)",
    ),
    (
        "an event without its log line",
        "SELECT COUNT(*) FROM signals_outbox o LEFT JOIN processing_log l
        ON l.operation = o.change AND l.record_ids = {o.record_id} AND l.at = o.at WHERE l.id IS NULL",
    ),
    (
        "a log line of a change that is not there",
        "SELECT COUNT(*) FROM processing_log l LEFT JOIN signals_outbox o
        ON o.change = l.operation AND {o.record_id} = l.record_ids AND o.at = l.at
        WHERE o.change IS NULL AND l.service = 'signals' AND l.kind = 'signal'
        AND l.operation IN ('recorded', 'imported', 'edited', 'published', 'labelled', 'shared', 'revoked', 'retracted')",
    ),
    (
        "a line of nobody's request",
        "SELECT COUNT(*) FROM processing_log l LEFT JOIN audit_log a ON a.request_id = l.request_id WHERE a.id IS NULL",
    ),
    (
        "a number given twice or lost",
        "SELECT (SELECT COUNT(*) FROM signal)
        - (SELECT CAST(COALESCE(SUM(next - 1), 0) AS BIGINT) FROM signal_number)",
    ),
];

/// How much of each there is that must not be; a story may have some of them from the beginning, and never more.
pub async fn halves(behind: &Behind) -> Vec<(&'static str, i64)> {
    let mut counted = Vec::new();
    for (what, text) in HALVES {
        let record = behind.hex("o.record_id");
        let text = text
            .replace("{o.record_id}", &record)
            .replace("{published}", &(State::Published as i16).to_string());
        counted.push((what, behind.number(&text, vec![]).await));
    }
    counted
}
