//! Asking both services of a world, and how things stand behind the door.

use async_graphql::futures_util::stream::BoxStream;
use async_graphql::{Request, Response, Variables};
use axum::http::{HeaderMap, HeaderValue};
use foundation::graphql::executor::{PURPOSE_HEADER, Reply};
use sea_orm::ConnectionTrait;
use serde_json::Value as Json;

use crate::world::{World, who};

/// The headers of a request under a purpose.
pub fn headers(purpose: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if !purpose.is_empty() {
        headers.insert(PURPOSE_HEADER, purpose.parse().expect("a purpose fits a header"));
    }
    headers.insert("accept-language", HeaderValue::from_static("en"));
    headers
}

/// A request with its variables.
pub fn request(query: &str, variables: &Json) -> Request {
    Request::new(query).variables(Variables::from_json(variables.clone()))
}

/// The stable code of an answer's first error.
pub fn code(answer: &Json) -> Option<&str> {
    answer["errors"][0]["extensions"]["code"].as_str()
}

impl World {
    /// Asks the registry as somebody under a purpose; the reply as it leaves.
    pub async fn ask_registry(&self, subject: &str, purpose: &str, query: &str, variables: &Json) -> Reply {
        self.registry
            .execute_as(who(subject, &self.clock), &headers(purpose), request(query, variables))
            .await
    }

    /// Listens to live events as somebody under a purpose.
    pub async fn listen(&self, subject: &str, purpose: &str, query: &str) -> BoxStream<'static, Response> {
        let asked = request(query, &Json::Null);
        self.signals
            .stream(who(subject, &self.clock), &headers(purpose), asked)
            .await
    }

    /// Gives the world's connections back, for whoever makes many worlds.
    pub async fn close(self) {
        for service in &self.services {
            service.platform().database.clone().close().await;
        }
        self.behind.close().await;
    }

    /// Tries a statement behind the door, in a transaction of its own.
    ///
    /// # Errors
    /// What the database says.
    pub async fn attempt(&self, text: &str) -> Result<(), sea_orm::DbErr> {
        let transaction = self.behind.begin_write().await?;
        transaction.execute_unprepared(text).await?;
        transaction.commit().await
    }

    /// Everything that a change to signals could touch, as one text.
    pub async fn everything(&self) -> String {
        let mut all = String::new();
        for text in EVERYTHING {
            all.push_str(&self.look(text, vec![]).await.join("\n"));
            all.push_str("\n--\n");
        }
        all
    }
}

const EVERYTHING: &[&str] = &[
    "SELECT number || ' ' || CAST(version AS TEXT) || ' ' || CAST(state AS TEXT) || ' ' || CAST(tlp AS TEXT) || ' ' ||
     CAST(use_limit AS TEXT) || ' ' || title || ' ' || narrative || ' ' || COALESCE(note, '') || ' ' ||
     COALESCE(retraction, '') || ' ' || CAST(updated_at AS TEXT) FROM signal ORDER BY number",
    "SELECT CAST(granted_at AS TEXT) || ' ' || COALESCE(CAST(revoked_at AS TEXT), '') || ' ' ||
     COALESCE(revoked_because, '') FROM signal_grant ORDER BY id",
    "SELECT CAST(channel AS TEXT) || ' ' || CAST(rank AS TEXT) || ' ' || CAST(visible_from AS TEXT) || ' ' ||
     CAST(visible_until AS TEXT) FROM signal_feed ORDER BY record_id, channel, grant_id",
    "SELECT CAST(COUNT(*) AS TEXT) FROM signal_subject_feed",
    "SELECT CAST(COUNT(*) AS TEXT) FROM signal_subject",
    "SELECT COALESCE(reporter_name, '') || ' ' || persons_involved FROM signal_personal ORDER BY signal_id",
    "SELECT CAST(COUNT(*) AS TEXT) FROM signal_tombstone",
    "SELECT CAST(next AS TEXT) FROM signal_number ORDER BY owner_id, year",
    "SELECT hash || ' ' || COALESCE(CAST(approved_at AS TEXT), '') FROM import_profile ORDER BY hash",
    "SELECT change || ' ' || CAST(version AS TEXT) FROM signals_outbox ORDER BY tx, sequence",
    "SELECT CAST(mode AS TEXT) || ' ' || CAST(visible_until AS TEXT) FROM signal_discovery ORDER BY signal_id",
    "SELECT CAST(state AS TEXT) || ' ' || CAST(rank AS TEXT) FROM access_request ORDER BY id",
    "SELECT number || ' ' || COALESCE(judgement, '') FROM break_glass ORDER BY id",
    "SELECT CAST(COUNT(*) AS TEXT) FROM break_glass_attempt",
    "SELECT CAST(COUNT(*) AS TEXT) FROM signal_search",
    "SELECT CAST(kind AS TEXT) || COALESCE(CAST(superseded_at AS TEXT), '') FROM signal_confirmation ORDER BY id",
    "SELECT text || COALESCE(CAST(withdrawn_at AS TEXT), '') FROM signal_remark ORDER BY id",
    "SELECT CAST(state AS TEXT) || COALESCE(CAST(superseded_at AS TEXT), '') FROM signal_follow_up ORDER BY id",
    "SELECT CAST(kind AS TEXT) || COALESCE(CAST(ended_at AS TEXT), '') FROM signal_link ORDER BY id",
    "SELECT hash || COALESCE(CAST(removed_at AS TEXT), '') FROM signal_evidence ORDER BY id",
    "SELECT CAST(version AS TEXT) || content FROM signal_version ORDER BY id",
    "SELECT CAST(version AS TEXT) || CAST(at AS TEXT) FROM signal_read_mark ORDER BY id",
    "SELECT CAST(state AS TEXT) || changes || COALESCE(answer, '') FROM signal_proposal ORDER BY id",
    "SELECT COALESCE(legal_name, '') || ' ' || name_words || ' ' || CAST(version AS TEXT) FROM party ORDER BY id",
    "SELECT COALESCE(name, '') || ' ' || CAST(version AS TEXT) FROM site ORDER BY id",
    "SELECT CAST(COUNT(*) AS TEXT) FROM party_custodian",
    "SELECT law || ' ' || CAST(ends_at AS TEXT) FROM mandate ORDER BY id",
    "SELECT CAST(ends_at AS TEXT) FROM account_holder ORDER BY id",
    "SELECT summary || ' ' || CAST(version AS TEXT) FROM contact ORDER BY id",
    "SELECT persons FROM contact_personal ORDER BY contact_id",
    "SELECT CAST(role AS TEXT) || ' ' || CAST(ends_at AS TEXT) FROM party_relation ORDER BY id, party_id",
    "SELECT code || ' ' || name FROM sector ORDER BY code",
    "SELECT title || ' ' || CAST(version AS TEXT) || CAST(state AS TEXT) || CAST(tlp AS TEXT) FROM covenant ORDER BY id",
    "SELECT reason || COALESCE(lifted_because, '') FROM signal_hold ORDER BY id",
    "SELECT reason || COALESCE(lifted_because, '') FROM covenant_hold ORDER BY id",
    "SELECT reason || COALESCE(lifted_because, '') FROM supervision_level_hold ORDER BY id",
    "SELECT COALESCE(CAST(revoked_at AS TEXT), '') FROM covenant_grant ORDER BY id",
    "SELECT reason || ' ' || CAST(version AS TEXT) || CAST(state AS TEXT) || CAST(tlp AS TEXT) FROM supervision_level ORDER BY id",
    "SELECT COALESCE(CAST(revoked_at AS TEXT), '') FROM supervision_level_grant ORDER BY id",
    "SELECT change || ' ' || CAST(version AS TEXT) FROM registry_outbox ORDER BY tx, sequence",
    "SELECT COALESCE(outcome, '') FROM decision ORDER BY id",
    "SELECT CAST(COUNT(*) AS TEXT) FROM triage",
    "SELECT CAST(COUNT(*) AS TEXT) FROM triage_opinion",
    "SELECT CAST(COUNT(*) AS TEXT) FROM inbox_read",
];
