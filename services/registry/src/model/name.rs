//! Names of parties as they are compared: legal form apart, abbreviations written out, small words left out; and what
//! a misspelt word has in common with the right one.

use std::collections::BTreeSet;

use foundation::text;

/// What a legal form says of a party (rechtsvorm), no finer than what tells two legal persons apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegalForm {
    /// BV, Ltd, GmbH: a company with private shares.
    Private,
    /// NV, plc, AG: a company with shares that may be traded.
    Public,
    /// VOF, CV, maatschap, LLP: people who trade together.
    Partnership,
    /// Stichting.
    Foundation,
    /// Vereniging, coöperatie.
    Association,
}

/// How a legal form is written, once dots and blanks are gone.
const FORMS: &[(&str, LegalForm)] = &[
    ("bv", LegalForm::Private),
    ("nv", LegalForm::Public),
    ("bvba", LegalForm::Private),
    ("besloten vennootschap", LegalForm::Private),
    ("naamloze vennootschap", LegalForm::Public),
    ("ltd", LegalForm::Private),
    ("limited", LegalForm::Private),
    ("plc", LegalForm::Public),
    ("gmbh", LegalForm::Private),
    ("ag", LegalForm::Public),
    ("sa", LegalForm::Public),
    ("sarl", LegalForm::Private),
    ("inc", LegalForm::Private),
    ("cic", LegalForm::Private),
    ("vof", LegalForm::Partnership),
    ("cv", LegalForm::Partnership),
    ("maatschap", LegalForm::Partnership),
    ("llp", LegalForm::Partnership),
    ("stichting", LegalForm::Foundation),
    ("scio", LegalForm::Foundation),
    ("cio", LegalForm::Foundation),
    ("vereniging", LegalForm::Association),
    ("cooperatie", LegalForm::Association),
    ("cooperatieve", LegalForm::Association),
    ("ua", LegalForm::Association),
    ("ba", LegalForm::Association),
];

/// What is short for what. Whole words only, after marks and dots are gone.
const SHORT: &[(&str, &str)] = &[
    ("adm", "administratie"),
    ("bros", "brothers"),
    ("cie", "compagnie"),
    ("co", "company"),
    ("fa", "firma"),
    ("gebr", "gebroeders"),
    ("int", "international"),
    ("intl", "international"),
    ("internationaal", "international"),
    ("mij", "maatschappij"),
    ("mfg", "manufacturing"),
    ("ned", "nederland"),
    ("nl", "nederland"),
    ("st", "sint"),
    ("stg", "stichting"),
    ("techn", "technisch"),
    ("transp", "transport"),
    ("ver", "vereniging"),
    ("vh", "voorheen"),
    ("zn", "zoon"),
    ("zonen", "zoon"),
];

/// Words that tell nobody apart.
const SMALL: &[&str] = &[
    "a", "aan", "and", "at", "bij", "d", "de", "den", "der", "een", "en", "et", "het", "in", "of", "op", "s", "t",
    "te", "ten", "ter", "the", "und", "van", "vd", "voor",
];

/// How a text says that a trade name follows (handelend onder de naam).
const TRADING_AS: &[&str] = &[
    " handelend onder de naam ",
    " also trading as ",
    " trading as ",
    " t.h.o.d.n. ",
    " h.o.d.n. ",
    " also t/a ",
    " hodn ",
    " t/a ",
    " o/n ",
];

/// A name taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    words: Vec<String>,
    form: Option<LegalForm>,
}

impl Name {
    /// The name that a text gives. Of a text without letters or digits it has no words.
    pub fn new(text: &str) -> Self {
        let all = words(text);
        let mut form = None;
        let mut telling = Vec::new();
        let mut rest = all.as_slice();
        while let [first, behind @ ..] = rest {
            let two = behind.first().map(|second| format!("{first} {second}"));
            if let Some(found) = two.as_deref().and_then(legal_form) {
                form = Some(found);
                rest = &behind[1..];
                continue;
            }
            rest = behind;
            if let Some(found) = one_legal_form(first) {
                form = Some(found);
            } else if !SMALL.contains(&first.as_str()) {
                telling.push(first.clone());
            }
        }
        // "De Stichting", "The BV": what is left out is all there is.
        let words = if telling.is_empty() { all } else { telling };
        Self { words, form }
    }

    /// The names in a text that names a bearer and what it trades as: "Jansen h.o.d.n. De Zon" has two.
    pub fn all(text: &str) -> Vec<Self> {
        // Lower case of a letter can be longer: the text is cut in lower case, which nothing here minds.
        let mut parts = vec![text.to_lowercase()];
        for sign in TRADING_AS {
            parts = parts
                .iter()
                .flat_map(|part| part.split(sign))
                .map(str::to_owned)
                .collect();
        }
        let names = parts.iter().map(|part| Self::new(part));
        names.filter(|name| !name.words.is_empty()).collect()
    }

    /// Its telling words, in order.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The legal form that it states.
    pub fn form(&self) -> Option<LegalForm> {
        self.form
    }

    /// Its telling words written as one: equal for "Food Service" and "Foodservice".
    pub fn squashed(&self) -> String {
        self.words.concat()
    }

    /// The same without its last word, where it has more.
    pub fn without_last(&self) -> Option<Self> {
        let (_, before) = self.words.split_last().filter(|(_, before)| !before.is_empty())?;
        Some(Self {
            words: before.to_vec(),
            form: self.form,
        })
    }

    /// What it is found by: each of its words, and each two neighbours written as one.
    pub fn keys(&self) -> BTreeSet<String> {
        let pairs = self.words.windows(2).map(<[String]>::concat);
        self.words.iter().cloned().chain(pairs).collect()
    }
}

fn legal_form(words: &str) -> Option<LegalForm> {
    FORMS.iter().find(|(text, _)| *text == words).map(|(_, form)| *form)
}

/// The legal form that a word is; of a long one, such as Stichting, with a slip too.
fn one_legal_form(word: &str) -> Option<LegalForm> {
    let slipped = |text: &str| text.len() > 8 && text.len().abs_diff(word.len()) < 2 && alike(text, word) > 0.8;
    let form = FORMS.iter().find(|(text, _)| slipped(text)).map(|(_, form)| *form);
    legal_form(word).or(form)
}

/// The words of a name: no apostrophes, initials as one word ("B.V." is "bv"), abbreviations written out.
fn words(text: &str) -> Vec<String> {
    let text: String = text.chars().filter(|letter| !is_apostrophe(*letter)).collect();
    let normal = text::normalise(&text);
    let mut words: Vec<String> = Vec::new();
    let mut initials = String::new();
    for word in normal.split(' ').filter(|word| !word.is_empty()) {
        if word.chars().nth(1).is_none() && word.chars().all(char::is_alphabetic) {
            initials.push_str(word);
        } else {
            words.extend(initials_and_form(&std::mem::take(&mut initials)));
            words.push(written_out(word));
        }
    }
    words.extend(initials_and_form(&initials));
    words
}

/// A run of initials, apart from the legal form that it ends in: "Jansen A. B.V." ends in "a" and "bv".
fn initials_and_form(run: &str) -> impl Iterator<Item = String> {
    let form = ["bv", "nv", "vof", "cv"].into_iter().find(|form| run.ends_with(form));
    let (initials, form) = run.split_at(run.len() - form.map_or(0, str::len));
    let parts = [initials.to_owned(), form.to_owned()];
    parts.into_iter().filter(|part| !part.is_empty())
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '’' | '‘' | '`' | '´' | 'ʼ')
}

fn written_out(word: &str) -> String {
    let full = SHORT.iter().find(|(short, _)| *short == word);
    full.map_or(word, |(_, full)| *full).to_owned()
}

/// What a word has in common with those that are a slip of the pen apart: itself, and each form of it with one letter
/// left out, as numbers. Words of three letters and fewer are what they are.
pub fn slips(word: &str) -> BTreeSet<i32> {
    let letters: Vec<char> = word.chars().collect();
    let mut slips = BTreeSet::from([mark(letters.iter())]);
    if letters.len() > 3 {
        let without = |place: usize| letters.iter().take(place).chain(letters.iter().skip(place + 1));
        slips.extend((0..letters.len()).map(|place| mark(without(place))));
    }
    slips
}

/// Letters as a number that is the same for ever (FNV-1a): it stands in the database.
fn mark<'l>(letters: impl Iterator<Item = &'l char>) -> i32 {
    let mark = letters.fold(0x811C_9DC5_u32, |mark, letter| {
        (mark ^ u32::from(*letter)).wrapping_mul(0x0100_0193)
    });
    mark.cast_signed()
}

/// How alike two words are, 0 or from 0.75 to 1: equal, one or two slips apart, or one short for the other.
pub fn alike(one: &str, other: &str) -> f64 {
    if one == other {
        return 1.0;
    }
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    let length = u32::try_from(long.chars().count()).unwrap_or(u32::MAX);
    let slips = match length {
        0..=4 => return 0.0,
        5..=7 => 1,
        _ => 2,
    };
    if long.len() - short.len() > slips && !long.starts_with(short) {
        return 0.0;
    }
    // 14 and 15 are not one number with a slip.
    if one.bytes().chain(other.bytes()).any(|byte| byte.is_ascii_digit()) {
        return 0.0;
    }
    if short.chars().count() >= 4 && long.starts_with(short) {
        return 0.9;
    }
    let apart = strsim::osa_distance(one, other);
    if apart > slips {
        return 0.0;
    }
    1.0 - f64::from(u32::try_from(apart).unwrap_or(u32::MAX)) / f64::from(length)
}

#[cfg(test)]
mod tests {
    use super::{LegalForm, Name, alike, slips};

    fn words(text: &str) -> String {
        Name::new(text).words().join(" ")
    }

    #[test]
    fn legal_forms_small_words_and_marks_do_not_matter() {
        for text in [
            "Gebr. van der Berg Transport B.V.",
            "GEBROEDERS VAN DER BERG TRANSPORT BV",
            "gebr v.d. Berg transp.",
            "Gebroeders v/d Berg Transport Besloten Vennootschap",
        ] {
            assert_eq!(words(text), "gebroeders berg transport", "{text}");
        }
        assert_eq!(words("Café ’t Hoekje & Zn. V.O.F."), "cafe hoekje zoon");
        assert_eq!(words("J. J. Food Service Ltd."), words("JJ Food Service Limited"));
        assert_eq!(words("De Stichting"), "de stichting");
        assert_eq!(words("…"), "");
    }

    #[test]
    fn the_legal_form_is_kept_apart() {
        let form = |text: &str| Name::new(text).form();
        assert_eq!(form("Voorbeeld B. V."), Some(LegalForm::Private));
        assert_eq!(form("Stichting Voorbeeld"), Some(LegalForm::Foundation));
        assert_eq!(form("Voorbeeld & Zonen v.o.f."), Some(LegalForm::Partnership));
        assert_eq!(form("Coöperatie Voorbeeld U.A."), Some(LegalForm::Association));
        assert_eq!(form("Voorbeeld"), None);
    }

    #[test]
    fn a_bearer_and_what_it_trades_as_are_two_names() {
        let names = |text: &str| -> Vec<String> { Name::all(text).iter().map(|name| name.words().join(" ")).collect() };
        assert_eq!(names("Jansen Beheer B.V. h.o.d.n. De Zon"), ["jansen beheer", "zon"]);
        assert_eq!(names("Jansen T/A De Zon"), ["jansen", "zon"]);
        assert_eq!(names("De Zon"), ["zon"]);
        assert!(names("—").is_empty());
    }

    #[test]
    fn every_slip_leaves_something_in_common() {
        let right = slips("rijnmond");
        for wrong in ["rijmond", "rijnmonnd", "rijnmont", "rijmnond", "rijnmond"] {
            assert!(!right.is_disjoint(&slips(wrong)), "{wrong}");
        }
        assert!(right.is_disjoint(&slips("moerdijk")));
        assert_eq!((slips("zon").len(), right.len()), (1, 9));
        // The numbers stand in databases.
        assert_eq!(slips("a").first(), Some(&-468_965_076));
    }

    #[test]
    fn neighbours_are_keys_too() {
        let keys = Name::new("De Nom Nom Company").keys();
        assert_eq!(
            Vec::from_iter(keys.iter().map(String::as_str)),
            ["company", "nom", "nomcompany", "nomnom"]
        );
    }

    #[test]
    fn words_are_alike_when_slips_are_few() {
        assert!(alike("jansen", "janssen") > 0.8);
        assert!(alike("transport", "trasnport") > 0.8);
        assert!(alike("manufacturing", "manuf") >= 0.9);
        for (one, other) in [
            ("bell", "ball"),
            ("unit14", "unit15"),
            ("jansen", "hansma"),
            ("zon", "zonen"),
        ] {
            assert!(alike(one, other) < f64::EPSILON, "{one} {other}");
        }
    }
}
