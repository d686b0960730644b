//! Plays the script, step by step.

use std::collections::{BTreeMap, BTreeSet};

use demo::story::Story;
use foundation::clock::{SECOND, amsterdam};
use jiff::civil::DateTime;
use registry::reference::Reference;
use registry::seed::Noun;
use serde_json::{Value, json};
use tests::clockwork::Clockwork;
use tests::world::On;

use super::cast::{Asker, Cast};
use super::oracle::Oracle;
use super::script::{self, Question, Step, told};
use super::{numbers, watch};

/// The month as it is played.
pub struct Play {
    /// The platform.
    pub stand: Clockwork,
    /// What everybody should see.
    pub oracle: Oracle,
    /// Who is asked; everybody where this is empty.
    pub only: BTreeSet<Asker>,
}

/// Plays the whole month on a database, and asks everybody.
pub async fn month(on: On) {
    Play::begin(on).await.play_on().await;
}

/// A Dutch date and time.
fn moment(text: &str) -> i64 {
    let civil: DateTime = text.parse().unwrap_or_else(|error| panic!("'{text}': {error}"));
    let zoned = civil.to_zoned(amsterdam()).expect("a moment that exists");
    zoned.timestamp().as_microsecond()
}

fn timestamp(at: i64) -> impl std::fmt::Display {
    foundation::clock::date_of(at)
}

impl Play {
    /// Before the first step.
    pub async fn begin(on: On) -> Self {
        let weeks = script::month();
        let circles: BTreeMap<String, String> = weeks.iter().flat_map(|week| week.circles.clone()).collect();
        let story = Story::embedded(&Reference::embedded().expect("the reference data are right"));
        let cast = Cast::of(&story.expect("the story is right"), &circles);
        let first = weeks.first().and_then(|week| week.step.first());
        Self {
            stand: Clockwork::start(on, moment(&first.expect("a first step").at)).await,
            oracle: Oracle::new(cast),
            only: BTreeSet::new(),
        }
    }

    /// All steps.
    pub async fn play_on(mut self) {
        for step in script::month().iter().flat_map(|week| &week.step) {
            self.step(step).await;
        }
        self.stand.stop().await;
    }

    /// Who is asked after each step.
    pub fn askers(&self) -> Vec<Asker> {
        let mut all = self.oracle.cast.askers();
        all.retain(|asker| self.only.is_empty() || self.only.contains(asker));
        all
    }

    async fn step(&mut self, step: &Step) {
        let now = self.stand.world.clock.now();
        let at = if step.at.is_empty() {
            now + 60 * SECOND
        } else {
            moment(&step.at)
        };
        assert!(at >= now, "{}: time runs backwards", step.what);
        self.stand.world.clock.advance(at - now);
        // Shown when the test fails: the story so far.
        println!("{} {}: {}", timestamp(at), step.who, step.what);
        if !step.does.is_empty() {
            self.does(step).await;
        }
        if step.upkeep {
            self.stand.upkeep().await;
        }
        self.oracle.hears(step, at);
        watch::everybody(self, step).await;
        for question in &step.then {
            self.asks(step, question).await;
        }
        for record in &step.erased {
            self.erased(record).await;
        }
        for record in &step.receipts {
            numbers::receipts(self, record).await;
        }
        if !step.week.is_empty() {
            numbers::hold(self, &step.week).await;
        }
    }

    async fn does(&mut self, step: &Step) {
        let who = Asker::read(&step.who);
        let document = format!("mutation {{ {} }}", self.filled(&step.does, &who).await);
        for line in &step.refused {
            let (code, others) = told(line);
            for other in others.split_whitespace() {
                let other = Asker::read(other);
                let answer = self.ask(&other, &document).await;
                assert_eq!(code_of(&answer), code, "{}, tried by {other}: {answer:#}", step.what);
            }
        }
        let answer = self.ask(&who, &document).await;
        self.judged(step, &who, &step.answer, &step.fails, &step.keeps, &answer);
    }

    async fn asks(&mut self, step: &Step, question: &Question) {
        for who in question.who.split_whitespace() {
            let who = Asker::read(who);
            let document = format!("query {{ {} }}", self.filled(&question.asks, &who).await);
            let answer = self.ask(&who, &document).await;
            self.judged(step, &who, &question.answer, &question.fails, &question.keeps, &answer);
        }
    }

    fn judged(
        &mut self,
        step: &Step,
        who: &Asker,
        expected: &str,
        fails: &str,
        keeps: &BTreeMap<String, String>,
        answer: &Value,
    ) {
        if !fails.is_empty() {
            assert_eq!(code_of(answer), fails, "{}, by {who}: {answer:#}", step.what);
            return;
        }
        assert!(answer.get("errors").is_none(), "{}, by {who}: {answer:#}", step.what);
        let root = answer["data"].as_object().and_then(|data| data.values().next());
        let root = root.unwrap_or_else(|| panic!("{}: {answer:#}", step.what));
        for (name, path) in keeps {
            let id = at(root, path).as_str();
            let id = id.unwrap_or_else(|| panic!("{}: nothing at {path} in {answer:#}", step.what));
            self.oracle.ids.insert(name.clone(), id.to_owned());
        }
        if !expected.is_empty() {
            let text = self.with_ids(expected);
            let expected: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            if let Err(difference) = within(&expected, root) {
                panic!("{}, by {who}: {difference}, in {answer:#}", step.what);
            }
        }
    }

    /// Nothing of a record is left but what proves that it was erased. Nobody can ask this, so it is looked up.
    async fn erased(&self, record: &str) {
        let id = self.id(record);
        let id = uuid::Uuid::parse_str(&id[4..]).expect("an id");
        let world = &self.stand.world;
        for table in [
            "signal",
            "signal_grant",
            "signal_feed",
            "signal_subject",
            "signal_version",
        ] {
            let key = if table == "signal" {
                "id"
            } else if table == "signal_feed" {
                "record_id"
            } else {
                "signal_id"
            };
            let text = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table} WHERE {key} = ?");
            assert_eq!(world.look(&text, vec![id.into()]).await, ["0"], "{record} in {table}");
        }
        let stones = "SELECT CAST(COUNT(*) AS TEXT) FROM signal_tombstone WHERE signal_id = ?";
        assert_ne!(
            world.look(stones, vec![id.into()]).await,
            ["0"],
            "{record}: its tombstones"
        );
    }

    /// Asks the gateway as somebody.
    pub async fn ask(&self, who: &Asker, document: &str) -> Value {
        self.stand.ask(&who.account, &who.purpose, document, &json!({})).await
    }

    /// A document with its names filled in; versions are those that the asker reads.
    async fn filled(&self, text: &str, who: &Asker) -> String {
        let mut text = text.to_owned();
        while let Some(end) = text.find(".version>") {
            let start = text[..end].rfind('<').expect("a name");
            let name = text[start + 1..end].to_owned();
            let id = self.id(&name);
            let root = match &id[..4] {
                "sig_" => "signal",
                "cov_" => "covenant",
                "lvl_" => "supervisionLevel",
                "pty_" => "party",
                "thm_" => "theme",
                _ => panic!("{name} has no version"),
            };
            let answer = self
                .ask(who, &format!("{{ {root}(id: \"{id}\") {{ version }} }}"))
                .await;
            // Whoever does not see it has to guess.
            let version = answer["data"][root]["version"].as_i64().unwrap_or(1);
            text.replace_range(start..end + ".version>".len(), &version.to_string());
        }
        self.with_ids(&text)
    }

    fn with_ids(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('<') {
            let (name, then) = after.split_once('>').expect("a name ends");
            filled.push_str(before);
            filled.push_str(&self.id(name));
            rest = then;
        }
        filled + rest
    }

    /// The id of something that has a name.
    pub fn id(&self, name: &str) -> String {
        if name == "issuer" {
            return self.stand.issuer().to_owned();
        }
        match name.split_once(':') {
            Some(("party", key)) => format!("pty_{}", Noun::Party.id(key).simple()),
            Some(("site", key)) => format!("sit_{}", Noun::Site.id(key).simple()),
            _ => {
                let known = self.oracle.ids.get(name);
                known.unwrap_or_else(|| panic!("nothing is called {name}")).clone()
            }
        }
    }
}

/// The code of an answer's first error; empty where there is none.
pub fn code_of(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

/// What stands at `a.b.last.c`.
fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.')
        .filter(|part| !part.is_empty())
        .fold(value, |value, part| match (part, value) {
            ("last", Value::Array(list)) => list.last().unwrap_or(&Value::Null),
            ("first", Value::Array(list)) => list.first().unwrap_or(&Value::Null),
            (name, value) => &value[name],
        })
}

/// Whether all that is expected is there: objects may have more, lists may not.
fn within(expected: &Value, found: &Value) -> Result<(), String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => expected.iter().try_for_each(|(name, value)| {
            let there = found.get(name).unwrap_or(&Value::Null);
            within(value, there).map_err(|difference| format!("{name}: {difference}"))
        }),
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => expected
            .iter()
            .zip(found)
            .try_for_each(|(expected, found)| within(expected, found)),
        _ if expected == found => Ok(()),
        _ => Err(format!("expected {expected}, found {found}")),
    }
}
