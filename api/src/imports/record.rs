//! The record that a line is to become.

use chrono::{DateTime, Utc};
use domain::{
    collections::{Data, RESERVED, Shape},
    expressions::Kind,
    imports::ImportId,
    records::RecordId,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Builder;

use super::lines::{Cells, Line, LineText, MOST_BYTES};
use crate::{
    cells,
    error::{ApiError, ApiResult, FieldError},
    extract::json_object,
    records::{NewRecord, client_id, invalid},
};

/// What all lines of a batch are read with.
pub(super) struct Making<'a> {
    import: ImportId,
    shape: &'a Shape,
    /// Of a CSV, each with the kind of its values.
    columns: Vec<(&'a str, Option<Kind>)>,
    now: DateTime<Utc>,
}

impl<'a> Making<'a> {
    pub(super) fn new(import: ImportId, shape: &'a Shape, columns: &'a [String], now: DateTime<Utc>) -> Self {
        let kind = |name: &str| if RESERVED.contains(&name) { Some(Kind::String) } else { shape.plain_kind(name) };
        let columns = columns.iter().map(|name| (name.as_str(), kind(name))).collect();
        Self { import, shape, columns, now }
    }

    /// The record, if the collection's schema wants it.
    pub(super) fn record(&self, line: &Line) -> ApiResult<NewRecord> {
        let mut data = match &line.text {
            LineText::Json(text) => json_object::read(text)?,
            LineText::Cells(cells) => self.of_cells(cells)?,
            LineText::TooLong => {
                let detail = format!("a line may have {MOST_BYTES} bytes");
                return Err(ApiError::Invalid(vec![FieldError::at("", "too_large", detail)]));
            }
        };
        let given = data.remove("id");
        // What the server says of records by itself: an export has it, and it is said anew here.
        for name in RESERVED {
            data.remove(name);
        }
        let data = self.shape.validate(self.shape.completed(data)).map_err(invalid)?;
        let id = given.map(|id| self.given(&id)).transpose()?;
        let is_made = id.is_none();
        let id = id.unwrap_or_else(|| made(self.import, line.number));
        Ok(NewRecord { id, is_made, data })
    }

    fn given(&self, id: &Value) -> ApiResult<RecordId> {
        let parsed = id.as_str().map(|text| client_id::parse(text, self.now));
        let detail = "must be a UUID of version 7, and not of the future";
        let refused = || ApiError::Invalid(vec![FieldError::at("/id", "malformed", detail)]);
        parsed.ok_or_else(refused)?.map_err(|_| refused())
    }

    fn of_cells(&self, cells: &Cells) -> ApiResult<Data> {
        if cells.len() != self.columns.len() {
            let detail = format!("must have {} cells", self.columns.len());
            return Err(ApiError::Invalid(vec![FieldError::at("", "wrong_cell_count", detail)]));
        }
        let mut data = Data::new();
        for ((name, kind), cell) in self.columns.iter().zip(cells.iter()) {
            let place = |code, detail| ApiError::Invalid(vec![FieldError::at(format!("/{name}"), code, detail)]);
            let cell = std::str::from_utf8(cell).map_err(|_| place("malformed", "must be UTF-8"))?;
            if cell.contains('\0') {
                return Err(place("nul_character", "must not contain U+0000"));
            }
            if let Some(value) = cells::read(cell, *kind) {
                data.insert((*name).to_owned(), value);
            }
        }
        Ok(data)
    }
}

/// The id of the record of a line that names none: the same however often the line comes, of the time at which the import
/// was started, and in the order of lines.
fn made(import: ImportId, line: u64) -> RecordId {
    let import = import.as_uuid();
    let hash = Sha256::new().chain_update(import).chain_update(line.to_be_bytes()).finalize();
    let (order, mut bytes) = ((line as u32).to_be_bytes(), [0; 16]);
    bytes[..6].copy_from_slice(&import.as_bytes()[..6]);
    // 12 bits of the number beside the version, 20 beside the variant; what is left is as good as random.
    bytes[6] = order[0] >> 4;
    bytes[7] = (order[0] << 4) | (order[1] >> 4);
    bytes[8] = ((order[1] & 0x0f) << 2) | (order[2] >> 6);
    bytes[9] = (order[2] << 2) | (order[3] >> 6);
    bytes[10] = (order[3] << 2) | (hash[0] & 0x03);
    bytes[11..].copy_from_slice(&hash[1..6]);
    RecordId::from_uuid(Builder::from_random_bytes(bytes).with_version(uuid::Version::SortRand).into_uuid())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn ids_are_made_of_import_and_line_in_the_order_of_lines() {
        let import = ImportId::from_uuid(Uuid::now_v7());
        let lines = [1, 2, 3, 63, 64, 255, 256, 1 << 14, (1 << 20) - 1, 1 << 20, u64::from(u32::MAX)];
        let ids: Vec<Uuid> = lines.iter().map(|line| made(import, *line).as_uuid()).collect();
        assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
        assert_eq!(made(import, 7), made(import, 7));
        assert_ne!(made(import, 7), made(ImportId::from_uuid(Uuid::now_v7()), 7));
        let (seconds, _) = import.as_uuid().get_timestamp().unwrap().to_unix();
        for id in ids {
            assert_eq!(
                (id.get_version(), id.get_timestamp().unwrap().to_unix().0),
                (Some(uuid::Version::SortRand), seconds)
            );
            assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
        }
    }
}
