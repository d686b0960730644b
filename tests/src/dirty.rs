//! Deliveries that imitate the dirt of the real rail records: quoted line ends, the hour that comes twice, missing
//! stations and durations, mixed languages, rows that cannot be taken. The same seed gives the same bytes.

use std::collections::BTreeSet;

/// The columns of the real records.
pub const COLUMNS: [&str; 14] = [
    "rdt_id",
    "ns_lines",
    "rdt_lines",
    "rdt_lines_id",
    "rdt_station_names",
    "rdt_station_codes",
    "cause_nl",
    "cause_en",
    "statistical_cause_nl",
    "statistical_cause_en",
    "cause_group",
    "start_time",
    "end_time",
    "duration_minutes",
];

/// How a file is written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// The sign between columns.
    pub delimiter: char,
    /// The line end.
    pub line_end: &'static str,
    /// Whether it begins with a byte order mark.
    pub mark: bool,
}

/// As the real file is written.
pub const PLAIN: Style = Style {
    delimiter: ',',
    line_end: "\r\n",
    mark: false,
};

/// A delivery, and what an import must make of it.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// The file.
    pub bytes: Vec<u8>,
    /// References of the rows that can be taken.
    pub good: BTreeSet<String>,
    /// The rows that cannot, in order.
    pub bad: Vec<BadRow>,
    /// References of rows that carry a remark on the double hour.
    pub remarked: BTreeSet<String>,
}

/// A row that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Line of the file at which it begins.
    pub line: u64,
    /// What a rejects file must say in `_field`.
    pub field: &'static str,
}

/// Makes a delivery of this many rows.
pub fn delivery(seed: u64, rows: u32, style: Style) -> Delivery {
    let mut made = Delivery::default();
    if style.mark {
        made.bytes.extend([0xEF, 0xBB, 0xBF]);
    }
    let mut dice = Dice(seed);
    let mut line = 1;
    write(
        &mut made.bytes,
        &COLUMNS.map(|name| name.as_bytes().to_vec()),
        style,
        &mut line,
    );
    for number in 1..=rows {
        let mut row = Row::ordinary(number, &mut dice);
        let fault = if number > 2 && dice.of(10) == 0 {
            row.spoil(number, &mut dice)
        } else {
            row.season(&mut dice)
        };
        match fault {
            Taste::Bad(field) => made.bad.push(BadRow { line, field }),
            Taste::Good => drop(made.good.insert(number.to_string())),
            Taste::Remarked => {
                made.good.insert(number.to_string());
                made.remarked.insert(number.to_string());
            }
        }
        write(&mut made.bytes, &row.0, style, &mut line);
        if dice.of(40) == 0 {
            made.bytes.extend(style.line_end.bytes());
            line += 1;
        }
    }
    made
}

enum Taste {
    Good,
    Remarked,
    Bad(&'static str),
}

struct Row(Vec<Vec<u8>>);

impl Row {
    fn ordinary(number: u32, dice: &mut Dice) -> Self {
        let causes = [
            ("seinstoring", "signal failure", "infrastructure"),
            ("defecte trein", "broken down train", "rolling stock"),
            ("aanrijding met een persoon", "person hit by a train", "accidents"),
            ("staking", "strike", "staff"),
            ("damaged overhead wires", "beschadigde bovenleiding", "infrastructure"),
            (
                "Störung im Gleis — défaut de voie ⚡",
                "track failure",
                "infrastructure",
            ),
        ];
        let (nl, en, group) = causes[dice.of(causes.len() as u64) as usize];
        let (from, to) = (
            ["Delft", "Gouda", "'s-Hertogenbosch"][dice.of(3) as usize],
            ["Zwolle", "Hoorn"][dice.of(2) as usize],
        );
        let (month, day, hour) = (1 + dice.of(2), 1 + dice.of(28), dice.of(20));
        let minutes = dice.of(300);
        let until = hour * 60 + minutes;
        let end = format!(
            "2020-{month:02}-{:02} {:02}:{:02}:00",
            day + until / 1440,
            until / 60 % 24,
            until % 60
        );
        let begin = format!("2020-{month:02}-{day:02} {hour:02}:00:00");
        let lines = format!("{from}-{to}");
        let stations = format!("{from},{to}");
        let fields = [
            &number.to_string(),
            &lines,
            &lines,
            "47",
            &stations,
            "DT,GD",
            nl,
            en,
            nl,
            en,
            group,
            &begin,
            &end,
            &minutes.to_string(),
        ];
        Self(fields.iter().map(|field| field.as_bytes().to_vec()).collect())
    }

    fn set(&mut self, column: &str, value: impl Into<Vec<u8>>) {
        let place = COLUMNS
            .iter()
            .position(|name| *name == column)
            .expect("a column of the file");
        self.0[place] = value.into();
    }

    /// Dirt that an import must take.
    fn season(&mut self, dice: &mut Dice) -> Taste {
        match dice.of(14) {
            0 => self.set(
                "ns_lines",
                "LET OP: uitloop werkzaamheden \"Hoorn\"\nmaandag 11 november;\n\nalle treinen",
            ),
            1 => ["rdt_lines", "rdt_lines_id", "rdt_station_names", "rdt_station_codes"]
                .iter()
                .for_each(|c| self.set(c, "")),
            2 => ["end_time", "duration_minutes"].iter().for_each(|c| self.set(c, "")),
            3 => ["cause_nl", "cause_en", "statistical_cause_nl", "statistical_cause_en"]
                .iter()
                .for_each(|c| self.set(c, " ")),
            4 => {
                self.set("start_time", format!("2020-10-25 02:{:02}:04", dice.of(60)));
                self.set("end_time", "2020-10-25 05:00:00");
                return Taste::Remarked;
            }
            5 => {
                self.set("start_time", "2020-10-25 02:50:00");
                self.set("end_time", "2020-10-25 02:10:00");
                return Taste::Remarked;
            }
            _ => {}
        }
        Taste::Good
    }

    /// Dirt that an import must refuse.
    fn spoil(&mut self, number: u32, dice: &mut Dice) -> Taste {
        let (column, value): (&'static str, Vec<u8>) = match dice.of(9) {
            0 => ("start_time", b"2021-03-28 02:30:00".to_vec()),
            1 => ("start_time", b"gisteren".to_vec()),
            2 => ("rdt_lines", b"Z\xFCrich - Basel".to_vec()),
            3 => ("rdt_id", Vec::new()),
            4 => ("end_time", b"2010-01-01 00:00:00".to_vec()),
            5 => ("duration_minutes", b"lang".to_vec()),
            // The first two rows are never spoiled, so this reference stands there already.
            6 => ("rdt_id", (1 + number % 2).to_string().into_bytes()),
            7 => {
                self.0.push(b"surplus".to_vec());
                return Taste::Bad("");
            }
            _ => {
                // Only the platform knows that it does not take state secrets.
                self.set("ns_lines", "Stg. GEHEIM\nniet delen");
                return Taste::Bad("signal.narrative");
            }
        };
        self.set(column, value);
        Taste::Bad(column)
    }
}

fn write(bytes: &mut Vec<u8>, fields: &[Vec<u8>], style: Style, line: &mut u64) {
    for (place, field) in fields.iter().enumerate() {
        if place > 0 {
            bytes.extend(style.delimiter.to_string().bytes());
        }
        let special = |byte: &u8| matches!(byte, b'"' | b'\n' | b'\r' | b',' | b';');
        if field.iter().any(special) {
            bytes.push(b'"');
            field
                .iter()
                .for_each(|byte| bytes.extend(std::iter::repeat_n(*byte, if *byte == b'"' { 2 } else { 1 })));
            bytes.push(b'"');
        } else {
            bytes.extend(field);
        }
        *line += field.iter().filter(|byte| **byte == b'\n').count() as u64;
    }
    bytes.extend(style.line_end.bytes());
    *line += 1;
}

/// SplitMix64: the same throws for the same seed, everywhere.
struct Dice(u64);

impl Dice {
    fn of(&mut self, sides: u64) -> u64 {
        let mut x = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.0 = x;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (x ^ (x >> 31)) % sides
    }
}
