//! The same delivery as CSV, as lines of JSON and as Parquet; and files that are not what they should be.

use std::collections::HashSet;
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use samenzicht::import::records::Format;
use serde_json::{Map, Value, json};

use super::*;

/// The rows of a delivery, as wide as its header.
fn rows(bytes: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut file = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let rows = file.byte_records().map(|row| row.expect("a row"));
    rows.map(|row| row.iter().map(<[u8]>::to_vec).collect()).collect()
}

/// As lines of JSON: numbers as numbers, nothing as null or left out, what is no text or not as wide as a broken line.
fn as_lines(bytes: &[u8]) -> Vec<u8> {
    let mut lines = b"\xEF\xBB\xBF".to_vec();
    for (number, row) in rows(bytes).iter().enumerate() {
        let texts: Option<Vec<String>> = row.iter().map(|field| String::from_utf8(field.clone()).ok()).collect();
        match texts.filter(|texts| texts.len() == COLUMNS.len()) {
            Some(texts) => {
                let mut object = Map::new();
                for (name, text) in COLUMNS.iter().zip(texts) {
                    let value = match text.parse::<i64>() {
                        _ if text.is_empty() && number % 2 == 0 => continue,
                        _ if text.is_empty() => Value::Null,
                        Ok(whole) => json!(whole),
                        Err(_) => json!(text),
                    };
                    object.insert((*name).to_owned(), value);
                }
                lines.extend(Value::Object(object).to_string().bytes());
            }
            None => lines.extend(
                row.join(&b"\", \""[..])
                    .iter()
                    .map(|byte| if *byte == b'\n' { b' ' } else { *byte }),
            ),
        }
        lines.extend(if number % 7 == 0 { &b"\r\n\n"[..] } else { b"\n" });
    }
    lines
}

/// The good rows of a delivery as Parquet: keys and minutes as numbers, times as what a clock showed.
fn as_parquet(made: &dirty::Delivery) -> Vec<u8> {
    let mut seen = HashSet::new();
    let good: Vec<Vec<String>> = rows(&made.bytes)
        .into_iter()
        .filter_map(|row| {
            row.into_iter()
                .map(|field| String::from_utf8(field).ok())
                .collect::<Option<Vec<_>>>()
        })
        .filter(|row| made.good.contains(&row[0]) && seen.insert(row[0].clone()))
        .collect();
    let of = |name: &str| match name {
        "rdt_id" => "required int64 rdt_id;".to_owned(),
        "duration_minutes" => "optional int64 duration_minutes;".to_owned(),
        "start_time" | "end_time" => format!("optional int64 {name} (TIMESTAMP(MICROS, false));"),
        _ => format!("optional byte_array {name} (UTF8);"),
    };
    let schema = format!("message rail {{ {} }}", COLUMNS.map(of).join(" "));
    let schema = Arc::new(parse_message_type(&schema).expect("a schema"));
    let mut writer =
        SerializedFileWriter::new(Vec::new(), schema, Arc::new(WriterProperties::default())).expect("a writer");
    for group in good.chunks(300) {
        let mut to = writer.next_row_group().expect("a group");
        for (place, name) in COLUMNS.iter().enumerate() {
            let texts = || group.iter().map(|row| row[place].as_str());
            let there: Vec<i16> = texts().map(|text| i16::from(!text.is_empty())).collect();
            let whole = || texts().filter(|text| !text.is_empty());
            let mut column = to.next_column().expect("next").expect("a column");
            let micros = |text: &str| {
                let shown: jiff::civil::DateTime = text.parse().expect("a time");
                shown
                    .to_zoned(jiff::tz::TimeZone::UTC)
                    .expect("in range")
                    .timestamp()
                    .as_microsecond()
            };
            match *name {
                "rdt_id" | "duration_minutes" => {
                    let values: Vec<i64> = whole().map(|text| text.parse().expect("a number")).collect();
                    let levels = (*name != "rdt_id").then_some(&there[..]);
                    column
                        .typed::<Int64Type>()
                        .write_batch(&values, levels, None)
                        .expect("written");
                }
                "start_time" | "end_time" => {
                    let values: Vec<i64> = whole().map(micros).collect();
                    column
                        .typed::<Int64Type>()
                        .write_batch(&values, Some(&there), None)
                        .expect("written");
                }
                _ => {
                    let values: Vec<ByteArray> = whole().map(ByteArray::from).collect();
                    column
                        .typed::<ByteArrayType>()
                        .write_batch(&values, Some(&there), None)
                        .expect("written");
                }
            }
            column.close().expect("closed");
        }
        to.close().expect("closed");
    }
    writer.into_inner().expect("in memory")
}

#[tokio::test]
async fn the_same_delivery_in_every_form_is_the_same() {
    let scene = Scene::new().await;
    let made = dirty::delivery(21, ROWS, PLAIN);
    let (first, end) = scene.import(scene.file("rail.csv", &made.bytes)).await;
    complete(&end);
    let before = scene.platform.with(|inner| inner.signals.clone());
    let (lines, end) = scene.import(scene.file("rail.ndjson", &as_lines(&made.bytes))).await;
    complete(&end);
    assert_eq!(lines.rows, u64::from(ROWS));
    assert_eq!((lines.created, lines.changed), (0, 0), "{lines}");
    assert_eq!((lines.unchanged, lines.rejected), (first.created, first.rejected));
    let (parquet, end) = scene.import(scene.file("rail.parquet", &as_parquet(&made))).await;
    complete(&end);
    assert_eq!(
        (parquet.rows, parquet.unchanged),
        (made.good.len() as u64, made.good.len() as u64),
        "{parquet}"
    );
    assert_eq!(scene.platform.with(|inner| inner.signals.clone()), before);
}

#[tokio::test]
async fn refused_lines_come_back_as_lines_and_go_in_once_mended() {
    let scene = Scene::new().await;
    let made = dirty::delivery(22, ROWS, PLAIN);
    let (summary, end) = scene.import(scene.file("rail.ndjson", &as_lines(&made.bytes))).await;
    complete(&end);
    assert_eq!(summary.created + summary.rejected, u64::from(ROWS));
    assert_eq!(scene.references(), made.good);
    let path = scene.folder.path().join("rejects.csv");
    let rejects = std::fs::read_to_string(&path).expect("rejects");
    assert_eq!(rejects.lines().count() as u64, summary.rejected);
    // Unmended they are all refused again, but for a reference that stands in them once.
    let again = scene.file("again.ndjson", rejects.as_bytes());
    let twice = rejects.matches("stands at line").count() as u64;
    let (unmended, _) = scene.import(again).await;
    assert_eq!(unmended.rows, summary.rejected);
    assert!(unmended.rejected >= summary.rejected - twice, "{unmended}");
    let good = rows(&made.bytes).into_iter().next().expect("a good row");
    let mut broken = 0;
    let mended: Vec<String> = rejects
        .lines()
        .enumerate()
        .map(|(number, line)| {
            let mut row: Map<String, Value> = serde_json::from_str(line).expect("an object");
            assert!(row["_line"].is_u64() && row["_reason"].is_string(), "{line}");
            if row.contains_key("_text") {
                broken += 1;
                row = COLUMNS
                    .iter()
                    .zip(&good)
                    .map(|(name, text)| ((*name).to_owned(), json!(super::text(text))))
                    .collect();
            }
            row.insert("rdt_id".to_owned(), json!(format!("mended-{number}")));
            row.insert("ns_lines".to_owned(), json!("Delft-Gouda"));
            row.insert("start_time".to_owned(), json!("2009-12-31T23:00:00Z"));
            row.insert("end_time".to_owned(), json!("2022-12-31 23:00:00"));
            row.insert("duration_minutes".to_owned(), json!(10));
            Value::Object(row).to_string()
        })
        .collect();
    assert!(broken > 5, "{broken}");
    let (done, end) = scene
        .import(scene.file("mended.jsonl", mended.join("\n").as_bytes()))
        .await;
    complete(&end);
    assert_eq!((done.created, done.rejected), (summary.rejected, 0), "{done}");
    assert!(!path.exists(), "no refused rows, no file");
}

#[tokio::test]
async fn refused_rows_of_parquet_come_back_as_csv_and_go_in_once_mended() {
    let scene = Scene::with_mapping(|text| {
        text.replace("otherwise = \"MINOR\", steps", "steps")
            .replace("from = 0, is = \"MINOR\"", "from = 100, is = \"MINOR\"")
            .replace("from = 60,", "from = 160,")
    })
    .await;
    let made = dirty::delivery(23, 400, PLAIN);
    let (summary, end) = scene.import(scene.file("rail.parquet", &as_parquet(&made))).await;
    complete(&end);
    assert!(summary.rejected > 20 && summary.created > 20, "{summary}");
    let path = scene.folder.path().join("rejects.csv");
    let rejects = std::fs::read(&path).expect("rejects");
    let mut mended = csv::Writer::from_writer(Vec::new());
    let mut file = csv::Reader::from_reader(&rejects[..]);
    let names = file.headers().expect("a header").clone();
    assert_eq!(names.iter().take(COLUMNS.len()).collect::<Vec<_>>(), COLUMNS);
    mended.write_record(&names).expect("written");
    for row in file.records() {
        let row = row.expect("a row");
        let number: u64 = row[14].parse().expect("the row's number");
        assert!(number >= 1 && number <= summary.rows);
        mended
            .write_record(
                names
                    .iter()
                    .zip(row.iter())
                    .map(|(name, text)| if name == "duration_minutes" { "100" } else { text }),
            )
            .expect("written");
    }
    let (done, end) = scene
        .import(scene.file("mended.csv", &mended.into_inner().expect("in memory")))
        .await;
    complete(&end);
    assert_eq!((done.created, done.rejected), (summary.rejected, 0), "{done}");
    assert_eq!(scene.references(), made.good);
}

async fn fails(scene: &Scene, name: &str, bytes: &[u8]) -> (Summary, String) {
    let (summary, end) = scene.import(scene.file(name, bytes)).await;
    let End::Failed(fault) = end else {
        panic!("{name}: {end:?}")
    };
    (summary, format!("{}: {fault}", fault.code()))
}

#[tokio::test]
async fn files_that_are_not_what_they_should_be_are_told_by_name() {
    let scene = Scene::new().await;
    let made = dirty::delivery(24, 1200, PLAIN);
    let parquet = as_parquet(&made);
    for (name, bytes, says) in [
        ("cut.parquet", &parquet[..parquet.len() / 2], "FILE: "),
        ("start.parquet", &parquet[..4], "Is it whole?"),
        ("utf16.csv", &[0xFF, 0xFE, b'r', 0][..], "UTF-16"),
        ("list.json", &b"[{\"rdt_id\": 1}]"[..], "one JSON list"),
        ("empty.ndjson", &b"{}\n"[..], "has no column"),
    ] {
        let (summary, told) = fails(&scene, name, bytes).await;
        assert!(told.contains(says), "{name}: {told}");
        assert_eq!(summary.rows, 0, "{name}: nothing was sent");
    }
    let wrong = text(&made.bytes).replace(',', ";");
    let (_, told) = fails(&scene, "wrong.csv", wrong.as_bytes()).await;
    assert!(told.contains("file.delimiter") && told.contains("';'"), "{told}");
    // A quote that was never closed swallows no memory, and what stood before it is in.
    let mut huge = made.bytes.clone();
    huge.extend(b"999999,\"");
    huge.resize(huge.len() + 3 * 1024 * 1024, b'x');
    let (summary, told) = fails(&scene, "huge.csv", &huge).await;
    assert!(told.contains("larger than"), "{told}");
    assert!(summary.created >= 900, "{summary}");
    // A line that is as long refuses itself alone.
    let mut lines = as_lines(&made.bytes);
    lines.extend(b"{\"rdt_id\": \"");
    lines.resize(lines.len() + 3 * 1024 * 1024, b'x');
    lines.extend(b"\"}\n");
    let (summary, end) = scene.import(scene.file("huge.ndjson", &lines)).await;
    complete(&end);
    assert_eq!((summary.rows, summary.rejected), (1201, made.bad.len() as u64 + 1));
}

#[tokio::test]
async fn what_is_said_of_the_form_counts_more_than_the_first_bytes() {
    let scene = Scene::new().await;
    let made = dirty::delivery(25, 30, PLAIN);
    let file = scene.file("rail.csv", &made.bytes);
    let as_json = Delivery {
        format: Some(Format::Ndjson),
        ..scene.delivery(file)
    };
    let (_, end) = as_json.run(&scene.api(), &scene.stop, &mut Progress::none()).await;
    assert!(matches!(end, End::Failed(DeliveryFault::Mapping(_))), "{end:?}");
}

#[tokio::test]
async fn columns_that_may_be_missing_are_named_in_the_mapping() {
    let scene = Scene::with_mapping(|text| {
        text.replace(
            "delimiter = \",\"",
            "delimiter = \",\"\noptional = [\"cause_nl\", \"cause_group\"]",
        )
    })
    .await;
    let line = |number: u32| {
        json!({ "rdt_id": number, "ns_lines": "A", "rdt_lines": "A - B", "rdt_station_names": "A",
        "statistical_cause_nl": "seinstoring", "start_time": "2020-01-01 10:00:00", "end_time": null, "duration_minutes": null })
    };
    let lines: String = (1..=3).map(|number| format!("{}\n", line(number))).collect();
    let (summary, end) = scene.import(scene.file("few.ndjson", lines.as_bytes())).await;
    complete(&end);
    assert_eq!((summary.created, summary.rejected), (3, 0), "{summary}");
}
