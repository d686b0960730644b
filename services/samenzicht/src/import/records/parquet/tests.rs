use std::fs::File;
use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int64Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::*;

const SCHEMA: &str = "message row {
    required int64 id; optional byte_array name (UTF8); optional int32 day (DATE);
    optional int64 shown (TIMESTAMP(MICROS, false)); optional int64 at (TIMESTAMP(MILLIS, true));
    optional int64 sum (DECIMAL(18, 2)); optional fixed_len_byte_array(3) small (DECIMAL(6, 3));
    optional double kvk; required boolean is; optional int32 clock (TIME(MILLIS, true));
    optional group place { optional byte_array city (UTF8); }
    optional byte_array raw;
    optional group tags (LIST) { repeated group list { optional byte_array element (UTF8); } }
}";

/// A file of two groups of rows; every third row has nothing but what is required.
fn file(rows: i64, compression: Compression) -> tempfile::NamedTempFile {
    let written = tempfile::NamedTempFile::new().expect("a file");
    let schema = Arc::new(parse_message_type(SCHEMA).expect("a schema"));
    let how = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let mut writer = SerializedFileWriter::new(written.reopen().expect("open"), schema, how).expect("a writer");
    for group in [0..rows / 2, rows / 2..rows] {
        let mut to = writer.next_row_group().expect("a group");
        let ids: Vec<i64> = group.collect();
        let there: Vec<i16> = ids.iter().map(|id| i16::from(id % 3 != 0)).collect();
        let deep: Vec<i16> = there.iter().map(|level| level * 2).collect();
        let n = there.iter().filter(|level| **level == 1).count();
        let text = |text: &str| vec![ByteArray::from(text); n];
        macro_rules! column {
            ($kind:ty, $values:expr, $levels:expr) => {{
                let mut column = to.next_column().expect("next").expect("a column");
                column
                    .typed::<$kind>()
                    .write_batch($values, $levels, None)
                    .expect("written");
                column.close().expect("closed");
            }};
        }
        column!(Int64Type, &ids, None);
        column!(ByteArrayType, &text("Één"), Some(&there));
        column!(Int32Type, &vec![19_358; n], Some(&there));
        column!(Int64Type, &vec![1_672_531_200_250_000; n], Some(&there));
        column!(Int64Type, &vec![1_672_531_200_000; n], Some(&there));
        column!(Int64Type, &vec![-1205; n], Some(&there));
        let small = FixedLenByteArray::from(ByteArray::from(vec![0xFF, 0xFF, 0xFF]));
        column!(FixedLenByteArrayType, &vec![small; n], Some(&there));
        column!(DoubleType, &vec![12_345_678.0; n], Some(&there));
        column!(BoolType, &vec![true; ids.len()], None);
        column!(Int32Type, &vec![3_600_000; n], Some(&there));
        column!(ByteArrayType, &text("Urk"), Some(&deep));
        column!(ByteArrayType, &vec![ByteArray::from(vec![0xFF, 0x00]); n], Some(&there));
        let mut column = to.next_column().expect("next").expect("a column");
        let (defined, repeated) = (vec![0_i16; ids.len()], vec![0_i16; ids.len()]);
        column
            .typed::<ByteArrayType>()
            .write_batch(&[], Some(&defined), Some(&repeated))
            .expect("written");
        column.close().expect("closed");
        to.close().expect("closed");
    }
    writer.close().expect("closed");
    written
}

fn open(path: &std::path::Path) -> Result<ParquetRecords, RecordFault> {
    ParquetRecords::new(File::open(path).expect("there"))
}

#[test]
fn each_value_becomes_its_text_whatever_the_compression() {
    let compressions = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(parquet::basic::GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
    ];
    for compression in compressions {
        let file = file(1_203, compression);
        let mut records = open(file.path()).expect("readable");
        let names = [
            "id",
            "name",
            "day",
            "shown",
            "at",
            "sum",
            "small",
            "kvk",
            "is",
            "clock",
            "place.city",
            "raw",
        ];
        assert_eq!(records.header().own_names(), names, "a list is not read");
        let mut rows = Vec::new();
        while let Some(record) = records.next_record().expect("readable") {
            assert_eq!(record.line, rows.len() as u64 + 1);
            rows.push(
                record
                    .fields
                    .iter()
                    .map(|f| String::from_utf8_lossy(f).into_owned())
                    .collect::<Vec<_>>(),
            );
        }
        assert_eq!((rows.len() as u64, records.total()), (1_203, 1_203));
        assert_eq!(records.bytes(), records.size);
        let full = [
            "1",
            "Één",
            "2023-01-01",
            "2023-01-01 00:00:00.25",
            "2023-01-01T00:00:00Z",
            "-12.05",
            "-0.001",
            "12345678",
            "true",
            "01:00:00",
            "Urk",
            "ff00",
        ];
        assert_eq!(rows[1], full, "{compression}");
        assert_eq!(rows[1_202][0], "1202");
        assert_eq!(rows[3], ["3", "", "", "", "", "", "", "", "true", "", "", ""]);
    }
}

#[test]
fn a_file_that_is_cut_off_is_told() {
    let whole = std::fs::read(file(400, Compression::SNAPPY).path()).expect("read");
    for length in [4, 12, whole.len() / 2, whole.len() - 1] {
        let mut cut = tempfile::NamedTempFile::new().expect("a file");
        cut.write_all(&whole[..length]).expect("written");
        let fault = open(cut.path()).err().expect("refused");
        assert!(matches!(fault, RecordFault::Parquet { .. }), "{fault}");
    }
}

#[test]
fn bytes_that_make_no_sense_end_it_with_a_fault_and_no_panic() {
    let whole = std::fs::read(file(400, Compression::UNCOMPRESSED).path()).expect("read");
    let mut told = 0;
    for place in (4..whole.len()).step_by(97) {
        let mut bytes = whole.clone();
        for byte in bytes.iter_mut().skip(place).take(8) {
            *byte = 0xFF;
        }
        let mut bad = tempfile::NamedTempFile::new().expect("a file");
        bad.write_all(&bytes).expect("written");
        let Ok(mut records) = open(bad.path()) else {
            told += 1;
            continue;
        };
        loop {
            match records.next_record() {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(fault) => {
                    assert!(matches!(fault, RecordFault::Parquet { .. }), "{fault}");
                    told += 1;
                    break;
                }
            }
        }
    }
    assert!(told > 10, "{told}");
}
