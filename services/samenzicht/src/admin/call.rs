//! A call of the API by its field, its arguments and what is asked of the answer, and the answer in words.

use serde_json::{Map, Value};

use crate::api::{Api, ApiFault};

/// What a field answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// An account.
    Account,
    /// Accounts, as a page.
    Accounts,
    /// A decision that needs two persons.
    Decision,
    /// Several of them.
    Decisions,
    /// A circle.
    Circle,
    /// An import profile.
    Profile,
    /// Several of them.
    Profiles,
}

impl Answer {
    fn selection(self) -> &'static str {
        match self {
            Self::Account => ACCOUNT,
            Self::Accounts => ACCOUNTS,
            Self::Decision | Self::Decisions => "id kind state summary second lapsesAt proposedBy { code }",
            Self::Circle => "code members { code } coordinator { code } ends",
            Self::Profile | Self::Profiles => "name hash proposedAt approvedAt",
        }
    }

    fn lines(self, value: &Value) -> Vec<String> {
        let all =
            |value: &Value, line: fn(&Value) -> String| value.as_array().into_iter().flatten().map(line).collect();
        match self {
            Self::Account => vec![account(value)],
            Self::Accounts => all(&value["nodes"], account),
            Self::Decision => vec![decision(value)],
            Self::Decisions => all(value, decision),
            Self::Circle => vec![circle(value)],
            Self::Profile => vec![profile(value)],
            Self::Profiles => all(value, profile),
        }
    }
}

const ACCOUNT: &str = "name displayName roles clearance purposes circles suspendedAt endedAt";
const ACCOUNTS: &str = "nodes { name displayName roles clearance purposes circles suspendedAt endedAt }";

/// One field of the API with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    kind: &'static str,
    field: &'static str,
    answer: Answer,
    arguments: Vec<(&'static str, &'static str, Value)>,
}

impl Call {
    /// A question.
    pub fn query(field: &'static str, answer: Answer) -> Self {
        Self::new("query", field, answer)
    }

    /// A change.
    pub fn mutation(field: &'static str, answer: Answer) -> Self {
        Self::new("mutation", field, answer)
    }

    fn new(kind: &'static str, field: &'static str, answer: Answer) -> Self {
        let arguments = Vec::new();
        Self {
            kind,
            field,
            answer,
            arguments,
        }
    }

    /// With an argument of this GraphQL type.
    #[must_use]
    pub fn with(mut self, name: &'static str, of: &'static str, value: impl Into<Value>) -> Self {
        self.arguments.push((name, of, value.into()));
        self
    }

    /// The document that is sent.
    pub fn document(&self) -> String {
        let Self { kind, field, .. } = self;
        let selection = self.answer.selection();
        if self.arguments.is_empty() {
            return format!("{kind} {{ {field} {{ {selection} }} }}");
        }
        let declared: Vec<String> = self
            .arguments
            .iter()
            .map(|(name, of, _)| format!("${name}: {of}"))
            .collect();
        let given: Vec<String> = self
            .arguments
            .iter()
            .map(|(name, ..)| format!("{name}: ${name}"))
            .collect();
        let (declared, given) = (declared.join(", "), given.join(", "));
        format!("{kind} ({declared}) {{ {field}({given}) {{ {selection} }} }}")
    }

    /// The variables that are sent with it.
    pub fn variables(&self) -> Value {
        let variable = |(name, _, value): &(&'static str, _, Value)| ((*name).to_owned(), value.clone());
        Value::Object(self.arguments.iter().map(variable).collect::<Map<String, Value>>())
    }

    /// Calls, and says what came of it in lines.
    ///
    /// # Errors
    /// When the API refuses or does not answer.
    pub async fn run(&self, api: &Api) -> Result<Vec<String>, ApiFault> {
        let value: Value = api.call(&self.document(), self.variables(), self.field).await?;
        if value.is_null() {
            return Ok(vec![
                "done; what came of it cannot be shown, because this account may look no more".to_owned(),
            ]);
        }
        Ok(self.answer.lines(&value))
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or("-")
}

fn list(value: &Value) -> String {
    let words: Vec<&str> = value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if words.is_empty() {
        "-".to_owned()
    } else {
        words.join(",")
    }
}

fn codes(value: &Value) -> String {
    let codes: Vec<&str> = value
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| text(one, "code"))
        .collect();
    if codes.is_empty() {
        "nobody".to_owned()
    } else {
        codes.join(",")
    }
}

fn account(value: &Value) -> String {
    let standing = match (&value["endedAt"], &value["suspendedAt"]) {
        (Value::String(at), _) => format!("ended {at}"),
        (_, Value::String(at)) => format!("suspended {at}"),
        _ => "active".to_owned(),
    };
    format!(
        "{}  {}  roles {}  clearance {}  purposes {}  circles {}  {}",
        text(value, "name"),
        standing,
        list(&value["roles"]),
        text(value, "clearance"),
        list(&value["purposes"]),
        list(&value["circles"]),
        text(value, "displayName"),
    )
}

fn decision(value: &Value) -> String {
    let (id, summary) = (text(value, "id"), text(value, "summary"));
    let state = match text(value, "state") {
        "PENDING" => {
            let who = match text(value, "second") {
                "COLLEAGUE" => "another administrator of the same organisation",
                "STEWARD" => "a data steward of the same organisation",
                "ELSEWHERE" => "an administrator of another organisation",
                _ => "an administrator of the organisation that it concerns",
            };
            let by = text(&value["proposedBy"], "code");
            format!(
                "waits for {who}, until {}; put forward by {by}",
                text(value, "lapsesAt")
            )
        }
        state => state.to_lowercase(),
    };
    format!("{id}  {summary}  {state}")
}

fn circle(value: &Value) -> String {
    let (code, members) = (text(value, "code"), codes(&value["members"]));
    let coordinator = text(&value["coordinator"], "code");
    let ends = value["ends"].as_str().map(|day| format!("  until {day}"));
    format!(
        "{code}  members {members}  coordinator {coordinator}{}",
        ends.unwrap_or_default()
    )
}

fn profile(value: &Value) -> String {
    let approved = value["approvedAt"].as_str().map(|at| format!("approved {at}"));
    let standing = approved.unwrap_or_else(|| "waits for the data steward".to_owned());
    format!("{}  {}  {standing}", text(value, "hash"), text(value, "name"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_declares_what_it_gives() {
        let call = Call::mutation("takeRole", Answer::Account)
            .with("account", "String!", "ilt.inspector")
            .with("role", "Role!", "INSPECTOR");
        let begins = "mutation ($account: String!, $role: Role!) { takeRole(account: $account, role: $role) { name";
        assert!(call.document().starts_with(begins), "{}", call.document());
        assert!(
            Call::query("pendingDecisions", Answer::Decisions)
                .document()
                .starts_with("query { pendingDecisions { id")
        );
    }

    #[test]
    fn a_decision_says_who_must_confirm() {
        let waits = json!({ "id": "dec_1", "summary": "Account a gets the role b.", "state": "PENDING", "second": "COLLEAGUE",
            "lapsesAt": "2026-06-15T10:00:00Z", "proposedBy": { "code": "ilt" } });
        let expected = "dec_1  Account a gets the role b.  waits for another administrator of the same organisation, until 2026-06-15T10:00:00Z; put forward by ilt";
        assert_eq!(Answer::Decision.lines(&waits), [expected]);
        let done = json!({ "id": "dec_1", "summary": "S.", "state": "CONFIRMED" });
        assert_eq!(Answer::Decision.lines(&done), ["dec_1  S.  confirmed"]);
    }
}
