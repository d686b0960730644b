//! What one may see as a file (`GET /v1/exports/signals`): CSV or a line of JSON each, of any size, page by page. A page is
//! asked of the graph when the reader has taken the one before: access, masks and log are those of that moment, and what
//! ends in between is not in the pages that follow.

use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use foundation::edge::{Caller, Problem, named};
use foundation::graphql::Subgraph;
use foundation::{Code, Fault};
use futures::stream;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use super::table::{self, COLUMNS, PERSONAL};
use super::{parameters, plain};

/// Signals of one page.
const PAGE: u32 = 200;

/// What of a signal stands in a row, beside what is personal.
const ROW: &str = "id number version state title narrative category severity urgency observedFrom observedUntil
    validUntil outdated place note origin externalReference { system reference } owner { id } rank tlp useLimit retainUntil
    retraction reliability credibility createdAt updatedAt parties { id } sites { id } regions { code }
    maskedFields { field reason }";
/// What is personal in it: shown where the caller may see it, each showing logged.
const ROW_PERSONAL: &str = "reporter { name contact } personsInvolved";

/// What a reader may narrow by: nothing that says about whom, because an address is kept in many places.
const FILTERS: [(&str, Read); 12] = [
    ("category", Read::Text),
    ("severity", Read::Text),
    ("urgency", Read::OneOf("urgencies")),
    ("origin", Read::OneOf("origins")),
    ("state", Read::OneOf("states")),
    ("owner", Read::Text),
    ("circle", Read::Text),
    ("region", Read::Text),
    ("observedFrom", Read::Text),
    ("observedUntil", Read::Text),
    ("createdFrom", Read::Text),
    ("createdUntil", Read::Text),
];

/// How a parameter becomes part of the graph's filter.
#[derive(Clone, Copy)]
enum Read {
    /// Under its own name.
    Text,
    /// As a choice of one under this name.
    OneOf(&'static str),
}

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Csv,
    Lines,
}

/// `GET /v1/exports/signals`: all that the caller may see under the stated purpose.
pub async fn export(
    State(subgraph): State<Arc<dyn Subgraph>>,
    RawQuery(asked): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = Caller::let_in(&subgraph, &headers).await?;
    exported(caller, asked.as_deref(), &headers).await
}

/// The same for a caller who was let in.
///
/// # Errors
/// What is wrong with the question, or that the caller may not ask it.
pub async fn exported(caller: Caller, asked: Option<&str>, headers: &HeaderMap) -> Result<Response, Problem> {
    let form = Form::accepted(headers)?;
    let names = FILTERS.iter().map(|(name, _)| *name).chain(["after", "personal"]);
    let asked = parameters(asked, &Vec::from_iter(names), headers)?;
    let after = asked.get("after").and_then(Value::as_str).map(str::to_owned);
    let mut export = Export {
        personal: personal(&asked, headers)?,
        filter: filter(&asked),
        continued: after.is_some(),
        state: Some(after),
        form,
        caller,
        ready: None,
    };
    // Whoever may not read hears so with a status.
    let (first, request) = export.page().await?;
    export.ready = Some(first);
    let response = (export.head(), Body::from_stream(export.rows())).into_response();
    Ok(named(response, Some(request)))
}

/// Where an export stands.
struct Export {
    caller: Caller,
    form: Form,
    filter: Map<String, Value>,
    personal: bool,
    /// Whether it goes on from an earlier one: its header was written then.
    continued: bool,
    /// The cursor after which the next page begins; `None` when there is none.
    state: Option<Option<String>>,
    /// A page that was fetched already.
    ready: Option<Value>,
}

impl Export {
    async fn page(&self) -> Result<(Value, uuid::Uuid), Problem> {
        let personal = if self.personal { ROW_PERSONAL } else { "" };
        let query = format!(
            "query signals($first: Int, $after: String, $filter: SignalFilter) {{
               signals(first: $first, after: $after, filter: $filter) {{
                 edges {{ cursor node {{ {ROW} {personal} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let after = self.state.clone().flatten();
        let asked = json!({ "first": PAGE, "after": after, "filter": self.filter });
        let (mut data, request) = self.caller.ask(&query, asked).await.map_err(plainly)?;
        Ok((data["signals"].take(), request))
    }

    fn head(&self) -> [(header::HeaderName, HeaderValue); 3] {
        let (kind, name) = match (self.form, self.continued) {
            (Form::Csv, false) => ("text/csv; charset=utf-8; header=present", "signals.csv"),
            (Form::Csv, true) => ("text/csv; charset=utf-8; header=absent", "signals.csv"),
            (Form::Lines, _) => ("application/x-ndjson", "signals.ndjson"),
        };
        let file = format!("attachment; filename=\"{name}\"");
        let file = HeaderValue::from_str(&file).unwrap_or_else(|_| HeaderValue::from_static("attachment"));
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
            (header::CONTENT_DISPOSITION, file),
            (header::VARY, HeaderValue::from_static("accept")),
        ]
    }

    /// The rows, a page at a time. CSV has no place for a problem: there a stream that is not whole breaks off.
    fn rows(self) -> impl futures::Stream<Item = io::Result<String>> {
        stream::unfold(Some(self), |export| async move {
            let mut export = export?;
            let page = match export.ready.take() {
                Some(page) => Ok(page),
                None => export.page().await.map(|(page, _)| page),
            };
            match page {
                Ok(page) => {
                    let text = export.text(&page);
                    let more = export.state.is_some();
                    Some((Ok(text), more.then_some(export)))
                }
                Err(problem) => Some((export.ended_by(&problem), None)),
            }
        })
    }

    /// A page as text; where the next one begins is kept.
    fn text(&mut self, page: &Value) -> String {
        let first = !std::mem::replace(&mut self.continued, true);
        let rows = page["edges"].as_array().into_iter().flatten();
        let rows: Vec<Value> = rows.map(|edge| row(edge, self.personal)).collect();
        let more = page["pageInfo"]["hasNextPage"] == true;
        let end = page["pageInfo"]["endCursor"].as_str().map(str::to_owned);
        let stands = end.or_else(|| self.state.clone().flatten());
        let text = match self.form {
            Form::Csv => table::csv(&rows, first, self.personal),
            Form::Lines => {
                let mut text: String = rows.iter().map(|row| format!("{row}\n")).collect();
                if !more {
                    text.push_str(&format!("{}\n", json!({ "complete": true, "cursor": stands })));
                }
                text
            }
        };
        self.state = more.then_some(stands);
        text
    }

    fn ended_by(&self, problem: &Problem) -> io::Result<String> {
        match self.form {
            Form::Lines => Ok(format!("{}\n", json!({ "problem": problem.json() }))),
            Form::Csv => Err(io::Error::other(problem.code().to_owned())),
        }
    }
}

/// A row: what the graph says of a signal, and its cursor. Of the masked fields those that are columns here.
fn row(edge: &Value, personal: bool) -> Value {
    let mut row = edge["node"].clone();
    let masked = row["maskedFields"].as_array().cloned().unwrap_or_default();
    let here = |masked: &Value| personal && PERSONAL.iter().any(|name| masked["field"] == *name);
    row["maskedFields"] = masked.into_iter().filter(here).collect();
    row["cursor"] = edge["cursor"].clone();
    row
}

/// The graph's fault at the parameter that it is about.
fn plainly(mut problem: Problem) -> Problem {
    for error in &mut problem.errors {
        let field = error["field"]
            .as_str()
            .map(|field| field.trim_start_matches("filter.").to_owned());
        if let Some(field) = field {
            let known = FILTERS
                .iter()
                .find(|(_, read)| matches!(read, Read::OneOf(many) if field.starts_with(many)));
            error["field"] = json!(known.map_or(field.as_str(), |(name, _)| name));
        }
    }
    problem
}

fn filter(asked: &Map<String, Value>) -> Map<String, Value> {
    let given = |(name, read): &(&str, Read)| {
        let value = asked.get(*name)?.clone();
        Some(match read {
            Read::Text => ((*name).to_owned(), value),
            Read::OneOf(many) => ((*many).to_owned(), json!({ "in": [value] })),
        })
    };
    FILTERS.iter().filter_map(given).collect()
}

fn personal(asked: &Map<String, Value>, headers: &HeaderMap) -> Result<bool, Problem> {
    match asked.get("personal").and_then(Value::as_str) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => {
            let (dutch, english) = ("verwacht `true` of `false`", "expected `true` or `false`");
            let fault = Fault::new(Code::InvalidInput).with_words("reason", dutch, english);
            Err(Problem::of(&fault.at("personal"), headers))
        }
    }
}

impl Form {
    /// The form that is liked best (RFC 9110, 12.5.1); lines where nothing is said.
    fn accepted(headers: &HeaderMap) -> Result<Self, Problem> {
        let all: Vec<&str> = headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        if all.iter().all(|text| text.trim().is_empty()) {
            return Ok(Self::Lines);
        }
        let all = all.join(",");
        let liked = |form: Self| (form, form.liking(&all));
        let best = [liked(Self::Lines), liked(Self::Csv)]
            .into_iter()
            .reduce(|one, other| if other.1 > one.1 { other } else { one });
        match best {
            Some((form, liking)) if liking > 0.0 => Ok(form),
            _ => Err(plain(
                StatusCode::NOT_ACCEPTABLE,
                "NOT_ACCEPTABLE",
                "Accept one of text/csv and application/x-ndjson.",
            )),
        }
    }

    /// How much it is liked: by the narrowest range that it is in.
    fn liking(self, accept: &str) -> f32 {
        let ranges = match self {
            Self::Csv => ["text/csv", "text/*", "*/*"],
            Self::Lines => ["application/x-ndjson", "application/*", "*/*"],
        };
        let quality = |range: &str| {
            accept.split(',').find_map(|part| {
                let mut part = part.split(';');
                let same = part.next()?.trim().eq_ignore_ascii_case(range);
                let weight = part.find_map(|parameter| parameter.trim().strip_prefix("q=")?.parse().ok());
                same.then_some(weight.unwrap_or(1.0))
            })
        };
        ranges.into_iter().find_map(quality).unwrap_or(0.0)
    }
}

/// The names of the columns, for the description and the command line.
pub fn columns(personal: bool) -> Vec<&'static str> {
    COLUMNS
        .iter()
        .copied()
        .filter(|name| personal || !table::is_personal(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_that_is_liked_best_is_given() {
        for (accept, form) in [
            ("", Some(Form::Lines)),
            ("*/*", Some(Form::Lines)),
            ("text/csv", Some(Form::Csv)),
            ("text/*", Some(Form::Csv)),
            ("application/x-ndjson;q=0.5, text/csv", Some(Form::Csv)),
            ("text/csv;q=0.2, */*;q=0.1", Some(Form::Csv)),
            ("text/csv;q=0, */*", Some(Form::Lines)),
            ("application/json", None),
            ("text/csv; q=0", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(Form::accepted(&headers).ok(), form, "{accept}");
        }
        assert_eq!(Form::accepted(&HeaderMap::new()).ok(), Some(Form::Lines));
    }
}
