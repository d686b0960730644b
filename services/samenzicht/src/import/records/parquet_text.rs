//! The values of a Parquet file as text: dates and moments by ISO 8601, what is local without an offset; numbers with
//! all their digits.

use jiff::civil::{DateTime, Time, date};
use jiff::{SignedDuration, Span, Timestamp};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::data_type::Int96;
use parquet::errors::{ParquetError, Result as Read};
use parquet::schema::types::ColumnDescPtr;

fn wrong(about: &ColumnDescPtr, value: impl std::fmt::Display) -> ParquetError {
    ParquetError::General(format!(
        "column `{}` holds {value}, which is none of its type",
        about.path().string()
    ))
}

/// An integer, date, time of day or decimal of 32 bits.
pub fn of_i32(about: &ColumnDescPtr, value: i32) -> Read<Vec<u8>> {
    let text = match (about.logical_type_ref(), about.converted_type()) {
        (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => {
            let day = date(1970, 1, 1).checked_add(Span::new().try_days(value).map_err(|_| wrong(about, value))?);
            day.map_err(|_| wrong(about, value))?.to_string()
        }
        (Some(LogicalType::Time(_)), _) | (None, ConvertedType::TIME_MILLIS) => {
            time(i64::from(value) * 1_000_000).ok_or_else(|| wrong(about, value))?
        }
        _ if is_decimal(about) => decimal(i128::from(value), about.type_scale()),
        _ if is_unsigned(about) => value.cast_unsigned().to_string(),
        _ => value.to_string(),
    };
    Ok(text.into_bytes())
}

/// An integer, moment, time of day or decimal of 64 bits.
pub fn of_i64(about: &ColumnDescPtr, value: i64) -> Read<Vec<u8>> {
    let text = match (about.logical_type_ref(), about.converted_type()) {
        (Some(LogicalType::Timestamp(kind)), _) => {
            moment(value, &kind.unit, kind.is_adjusted_to_u_t_c).ok_or_else(|| wrong(about, value))?
        }
        (None, ConvertedType::TIMESTAMP_MILLIS) => {
            moment(value, &TimeUnit::MILLIS, true).ok_or_else(|| wrong(about, value))?
        }
        (None, ConvertedType::TIMESTAMP_MICROS) => {
            moment(value, &TimeUnit::MICROS, true).ok_or_else(|| wrong(about, value))?
        }
        (Some(LogicalType::Time(kind)), _) => {
            let nanos = value.checked_mul(nanoseconds(&kind.unit));
            nanos.and_then(time).ok_or_else(|| wrong(about, value))?
        }
        (None, ConvertedType::TIME_MICROS) => {
            let nanos = value.checked_mul(1_000);
            nanos.and_then(time).ok_or_else(|| wrong(about, value))?
        }
        _ if is_decimal(about) => decimal(i128::from(value), about.type_scale()),
        _ if is_unsigned(about) => value.cast_unsigned().to_string(),
        _ => value.to_string(),
    };
    Ok(text.into_bytes())
}

/// A moment as Spark and Impala wrote it of old: taken as UTC.
pub fn of_i96(value: &Int96) -> Read<Vec<u8>> {
    let at = Timestamp::from_microsecond(value.to_micros());
    let none = |_| ParquetError::General("a moment (INT96) lies out of range".to_owned());
    Ok(at.map_err(none)?.to_string().into_bytes())
}

/// Text, a decimal, a UUID, a half-size number; other bytes in hexadecimal unless they are text.
pub fn of_bytes(about: &ColumnDescPtr, bytes: &[u8]) -> Vec<u8> {
    let text = match (about.logical_type_ref(), about.converted_type()) {
        (Some(LogicalType::String | LogicalType::Enum | LogicalType::Json), _)
        | (None, ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON) => return bytes.to_vec(),
        (Some(LogicalType::Uuid), _) if bytes.len() == 16 => uuid::Uuid::from_slice(bytes)
            .map(|id| id.to_string())
            .unwrap_or_default(),
        _ if is_decimal(about) && !bytes.is_empty() && bytes.len() <= 16 => {
            let sign = if bytes[0] & 0x80 == 0 { 0 } else { 0xFF };
            let mut whole = [sign; 16];
            whole[16 - bytes.len()..].copy_from_slice(bytes);
            decimal(i128::from_be_bytes(whole), about.type_scale())
        }
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        },
    };
    text.into_bytes()
}

fn is_decimal(about: &ColumnDescPtr) -> bool {
    matches!(about.logical_type_ref(), Some(LogicalType::Decimal(_)))
        || about.converted_type() == ConvertedType::DECIMAL
}

fn is_unsigned(about: &ColumnDescPtr) -> bool {
    use ConvertedType::{UINT_8, UINT_16, UINT_32, UINT_64};
    match about.logical_type_ref() {
        Some(LogicalType::Integer(kind)) => !kind.is_signed,
        _ => matches!(about.converted_type(), UINT_8 | UINT_16 | UINT_32 | UINT_64),
    }
}

fn nanoseconds(unit: &TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => 1_000_000,
        TimeUnit::MICROS => 1_000,
        TimeUnit::NANOS => 1,
    }
}

/// A moment: with its `Z` where it is one, without where it is what a clock showed.
fn moment(value: i64, unit: &TimeUnit, utc: bool) -> Option<String> {
    let at = Timestamp::from_nanosecond(i128::from(value) * i128::from(nanoseconds(unit))).ok()?;
    if utc {
        return Some(at.to_string());
    }
    let shown: DateTime = at.to_zoned(jiff::tz::TimeZone::UTC).datetime();
    // As people write it: what a clock showed is not the name of a moment.
    Some(shown.to_string().replacen('T', " ", 1))
}

fn time(nanos: i64) -> Option<String> {
    let shown = Time::midnight().checked_add(SignedDuration::from_nanos(nanos)).ok()?;
    (nanos >= 0).then(|| shown.to_string())
}

/// A whole number with the point so many places from its end.
fn decimal(value: i128, scale: i32) -> String {
    let scale = usize::try_from(scale).unwrap_or_default();
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, share) = digits.split_at(digits.len() - scale);
    let sign = if value < 0 { "-" } else { "" };
    let point = if scale == 0 { "" } else { "." };
    format!("{sign}{whole}{point}{share}")
}
