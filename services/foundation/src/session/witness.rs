//! What a request has seen, for its log line, and as proof that a part belongs to a record that was seen.

use std::collections::{BTreeMap, BTreeSet};

use access::Caller;
use uuid::Uuid;

use super::Session;
use crate::log::{AuditLine, Lines, Outcome, ProcessingLine};

/// The records seen so far and the personal fields of them that were unmasked.
#[derive(Default)]
pub struct Witness {
    /// Whether protected data was asked for at all, found or not.
    pub(super) protected: bool,
    /// Who asked, once known.
    pub(super) caller: Option<Caller>,
    seen: BTreeMap<&'static str, BTreeSet<Uuid>>,
    glimpsed: BTreeMap<&'static str, BTreeSet<Uuid>>,
    unmasked: BTreeMap<(&'static str, &'static str), BTreeSet<Uuid>>,
    counted: BTreeSet<(&'static str, String)>,
    pseudonymised: BTreeMap<(&'static str, &'static str), BTreeSet<Uuid>>,
    /// Changed without being shown: no line says that they were read.
    blind: BTreeSet<(&'static str, Uuid)>,
}

impl Witness {
    /// Notes that records of a kind were seen.
    pub(super) fn saw(&mut self, kind: &'static str, ids: impl IntoIterator<Item = Uuid>) {
        let mut ids = ids.into_iter().peekable();
        // Where nothing was found, nothing was done to any record.
        if ids.peek().is_some() {
            self.seen.entry(kind).or_default().extend(ids);
        }
    }

    /// Notes that it was told of records of a kind that they exist, and no more.
    pub(super) fn glimpsed(&mut self, kind: &'static str, ids: impl IntoIterator<Item = Uuid>) {
        let mut ids = ids.into_iter().peekable();
        if ids.peek().is_some() {
            self.glimpsed.entry(kind).or_default().extend(ids);
        }
    }

    /// Notes that a personal field of these records was shown.
    pub(super) fn unmasked(&mut self, kind: &'static str, field: &'static str, ids: impl IntoIterator<Item = Uuid>) {
        self.unmasked.entry((kind, field)).or_default().extend(ids);
    }

    /// Notes that a personal field of these records was used for a pseudonym that was shown or narrowed a list.
    pub(super) fn pseudonymised(
        &mut self,
        kind: &'static str,
        field: &'static str,
        ids: impl IntoIterator<Item = Uuid>,
    ) {
        let mut ids = ids.into_iter().peekable();
        if ids.peek().is_some() {
            self.pseudonymised.entry((kind, field)).or_default().extend(ids);
        }
    }

    /// Notes that records of a kind were counted, and what was asked of them: nobody was shown which they are.
    pub(super) fn counted(&mut self, kind: &'static str, what: String) {
        self.counted.insert((kind, what));
    }

    /// Notes that a record is worked on and not shown.
    pub(super) fn worked_on(&mut self, kind: &'static str, id: Uuid) {
        self.blind.insert((kind, id));
    }

    /// What of this is about one record alone.
    pub(super) fn of_one(&self, kind: &'static str, id: Uuid) -> Self {
        let alone = || BTreeSet::from([id]);
        let mut one = Self {
            protected: self.protected,
            ..Self::default()
        };
        if self.seen.get(kind).is_some_and(|seen| seen.contains(&id)) {
            one.seen.insert(kind, alone());
        }
        for ((of, field), ids) in &self.pseudonymised {
            if *of == kind && ids.contains(&id) {
                one.pseudonymised.insert((of, field), alone());
            }
        }
        one
    }

    /// Whether all these were seen, or are worked on, in this request.
    pub(super) fn has_seen(&self, kind: &'static str, ids: &[Uuid]) -> bool {
        let seen = self.seen.get(kind);
        ids.iter()
            .all(|id| seen.is_some_and(|seen| seen.contains(id)) || self.blind.contains(&(kind, *id)))
    }

    /// The request's log lines: one of who asked what, one per kind seen or known of, per personal field shown or used
    /// for pseudonyms, per count.
    pub(super) fn lines(self, session: &Session, operation: &str, caller: Option<&Caller>, outcome: Outcome) -> Lines {
        let at = session.platform.clock.now();
        let processing = |kind: &str, what: &str, ids: BTreeSet<Uuid>, fields: Vec<&str>| ProcessingLine {
            id: session.platform.clock.id(),
            request: session.stated.request,
            at,
            service: session.platform.service,
            activity: session.stated.purpose.clone().unwrap_or_default(),
            kind: kind.to_owned(),
            operation: what.to_owned(),
            records: ids.into_iter().collect(),
            fields: fields.into_iter().map(str::to_owned).collect(),
        };
        let reads = self
            .seen
            .into_iter()
            .map(|(kind, ids)| processing(kind, "read", ids, Vec::new()));
        let glimpses = self
            .glimpsed
            .into_iter()
            .map(|(kind, ids)| processing(kind, "discover", ids, Vec::new()));
        let shown = self
            .unmasked
            .into_iter()
            .map(|((kind, field), ids)| processing(kind, "unmask", ids, vec![field]));
        let told_apart = self
            .pseudonymised
            .into_iter()
            .map(|((kind, field), ids)| processing(kind, "pseudonymise", ids, vec![field]));
        let counts = self
            .counted
            .into_iter()
            .map(|(kind, what)| processing(kind, "count", BTreeSet::new(), vec![&what]));
        let known = reads.chain(glimpses).chain(shown);
        let processing = known.chain(told_apart).chain(counts).collect();
        Lines {
            audit: AuditLine::of(session, at, caller, operation, outcome),
            processing,
        }
    }
}
