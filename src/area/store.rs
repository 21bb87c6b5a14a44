//! The SQL of areas and their names.

use jiff::civil::Date;

use super::{Area, AreaName, Areas};
use crate::db::{self, DbResult, Tx};

const AREAS: &str = "select code, dfe_number, name, region, valid_from, valid_to, successor_of, made_up
    from area
    order by code";

/// Every area that ever was.
pub async fn list_areas(tx: &mut Tx) -> DbResult<Vec<Area>> {
    db::all!(tx, Area, AREAS)
}

const NAMES: &str = "select area_code, folded, name, kind from area_name order by area_code, folded";

/// Every name of every area.
pub async fn list_names(tx: &mut Tx) -> DbResult<Vec<AreaName>> {
    db::all!(tx, AreaName, NAMES)
}

/// The areas that are on offer on a day.
pub async fn on_offer(tx: &mut Tx, today: Date) -> DbResult<Areas> {
    Ok(Areas::on_offer(list_areas(tx).await?, list_names(tx).await?, today))
}

const FIND: &str = "select code, dfe_number, name, region, valid_from, valid_to, successor_of, made_up
    from area
    where code = $1";

/// The area with this code.
pub async fn find_area(tx: &mut Tx, code: &str) -> DbResult<Option<Area>> {
    db::maybe!(tx, Area, FIND, code)
}

const PUT: &str = "insert into area (code, dfe_number, name, region, valid_from, valid_to, successor_of, made_up)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (code) do update set
        dfe_number = excluded.dfe_number, name = excluded.name, region = excluded.region,
        valid_from = excluded.valid_from, valid_to = excluded.valid_to, successor_of = excluded.successor_of";

/// Adds an area, or brings its row up to date.
pub async fn put_area(tx: &mut Tx, area: &Area) -> DbResult<()> {
    db::run!(
        tx,
        PUT,
        &area.code,
        area.dfe_number.as_deref(),
        &area.name,
        &area.region,
        &area.valid_from,
        area.valid_to.as_deref(),
        area.successor_of.as_deref(),
        area.made_up,
    )?;
    Ok(())
}

const PUT_NAME: &str = "insert into area_name (area_code, folded, name, kind)
    values ($1, $2, $3, $4)
    on conflict (area_code, folded) do update set name = excluded.name, kind = excluded.kind";

/// Adds a name, or brings it up to date.
pub async fn put_name(tx: &mut Tx, name: &AreaName) -> DbResult<()> {
    db::run!(tx, PUT_NAME, &name.area_code, &name.folded, &name.name, &name.kind)?;
    Ok(())
}
