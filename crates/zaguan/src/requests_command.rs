//! `zaguan requests`: the corrections of their data that people ask for, and by when the law wants each done.

use crate::output;
use crate::world::RealWorld;
use anyhow::{Result, bail};
use serde::Serialize;
use zaguan_domain::id::DataRequestId;
use zaguan_domain::moment::date_in_argentina;
use zaguan_domain::my_data::{DataRequest, answer_correction};
use zaguan_store::{CommitError, Store, StoreSettings};
use zaguan_web::World as _;

/// So many of the latest requests are listed.
const LISTED: u32 = 200;

/// A request as it is listed. The document is whole: whoever corrects the data has to find them.
#[derive(Debug, Serialize)]
struct Listed {
    request: String,
    document: String,
    text: String,
    asked_at: String,
    due_on: String,
    overdue: bool,
    answered_at: Option<String>,
}

/// Prints the corrections that wait, those due first before; or the latest ones, done or not.
pub async fn list(settings: StoreSettings, all: bool, json: bool) -> Result<()> {
    let store = Store::open(settings).await?;
    let requests = if all { store.corrections(LISTED).await } else { store.open_corrections().await };
    store.close().await;
    let today = date_in_argentina(RealWorld.now());
    let listed: Vec<Listed> = requests?
        .into_iter()
        .map(|request| Listed {
            request: request.id.to_string(),
            document: request.document.to_stored(),
            asked_at: request.asked_at.to_string(),
            due_on: request.due_on.to_string(),
            overdue: request.answered_at.is_none() && request.due_on < today,
            answered_at: request.answered_at.map(|at| at.to_string()),
            text: request.text,
        })
        .collect();
    if json {
        output::line(serde_json::to_string_pretty(&listed)?);
        return Ok(());
    }
    if listed.is_empty() {
        output::line("Nobody waits for a correction.");
    }
    for Listed { request, document, text, due_on, overdue, answered_at, .. } in listed {
        let state = match (answered_at, overdue) {
            (Some(at), _) => format!("done {at}"),
            (None, true) => format!("OVERDUE since {due_on}"),
            (None, false) => format!("due on {due_on}"),
        };
        output::line(format_args!("{request}  {state}  document {document}"));
        text.lines().for_each(|line| output::line(format_args!("    {line}")));
    }
    Ok(())
}

/// Writes down that a correction was made.
pub async fn done(settings: StoreSettings, name: &str, json: bool) -> Result<()> {
    let Some(id) = read_id(name) else {
        bail!("{name:?} names no request; copy its name from `zaguan requests list`");
    };
    let store = Store::open(settings).await?;
    let answered = match store.correction(id).await? {
        Some(request) => answer(&store, &request).await,
        None => bail!("there is no request {name}; `zaguan requests list` names those that wait"),
    };
    store.close().await;
    answered?;
    if json {
        output::line(serde_json::json!({ "done": name }));
    } else {
        output::line("The request is done, and its person sees so among their data.");
    }
    Ok(())
}

async fn answer(store: &Store, request: &DataRequest) -> Result<()> {
    match store.commit(answer_correction(request, RealWorld.now())).await {
        Ok(()) => Ok(()),
        Err(CommitError::Conflict) => bail!("that request was done before"),
        Err(CommitError::Fault(fault)) => Err(fault.into()),
    }
}

fn read_id(name: &str) -> Option<DataRequestId> {
    let number = (name.len() == 32).then(|| u128::from_str_radix(name, 16).ok()).flatten()?;
    Some(DataRequestId::from_bytes(number.to_be_bytes()))
}
