//! The ways of planted secrets through an account, through the buttons of letters, and through the commands of operators.
//! `canaries` walks them and looks for what was planted.

use crate::canaries::{WRONG_PASSWORD, asks_to_register};
use crate::stage::{Browser, Letter, Stage};

const EMAIL: &str = "hugo.canario@example.com";
const NEW_EMAIL: &str = "hugo.nuevo.canario@example.com";
const PASSWORD: &str = "canario-delfin-amarillo-52";
const NEXT_PASSWORD: &str = "canario-garza-plateada-63";
const LAST_PASSWORD: &str = "canario-zorzal-dorado-74";

/// For whom the book has the address to which the hold writes.
const ON_FILE: &str = "iris.canario@example.com";

/// Hugo registers, uses every form of his account, loses it to "No fui yo", recovers it and closes it.
pub(crate) async fn uses_an_account(stage: &mut Stage) {
    for (what, password) in [
        ("password of an account", PASSWORD),
        ("password that was changed", NEXT_PASSWORD),
        ("password after \"No fui yo\"", LAST_PASSWORD),
    ] {
        stage.planted.text(what, password);
    }
    let mut hugo = registers(stage).await;
    signs_in(stage, &mut hugo, PASSWORD);
    opens_every_page(stage, &mut hugo);
    types_wrong_passwords(stage, &mut hugo);
    stage.led_on(&mut hugo, "/cuenta/confirmar", &[("clave_actual", PASSWORD)]);
    changes_the_address(stage, &mut hugo).await;
    let change = [("clave_actual", PASSWORD), ("clave", NEXT_PASSWORD)];
    stage.led_on(&mut hugo, "/cuenta/clave", &change);
    stage.led_on(&mut hugo, "/cuenta/datos/correccion", &[("texto", "Mi nombre es Hugo Canario.")]);
    ends_sessions(stage, &mut hugo);
    puts_the_address_back(stage, &mut hugo).await;
    recovers_and_closes(stage).await;
}

async fn registers(stage: &mut Stage) -> Browser {
    let mut hugo = stage.browser();
    asks_to_register(stage, &mut hugo, "89012345", "8901", EMAIL);
    let letter = stage.letter(EMAIL).await;
    stage.led_on(&mut hugo, "/registro/clave", &[("clave_transitoria", &letter.key)]);
    stage.led_on(&mut hugo, "/clave-definitiva", &[("clave", PASSWORD)]);
    stage.letter(EMAIL).await;
    hugo
}

fn signs_in(stage: &mut Stage, browser: &mut Browser, password: &str) {
    stage.led_on(browser, "/ingreso", &[("usuario", "89012345"), ("clave", password)]);
}

fn opens_every_page(stage: &mut Stage, hugo: &mut Browser) {
    for page in ["", "/confirmar", "/clave", "/email", "/sesiones", "/datos", "/datos.json", "/cierre"] {
        let path = format!("/cuenta{page}");
        assert_eq!(stage.get(hugo, &path).status, 200, "{path}");
    }
}

fn types_wrong_passwords(stage: &mut Stage, hugo: &mut Browser) {
    let wrong = [("clave_actual", WRONG_PASSWORD), ("clave", NEXT_PASSWORD), ("email", NEW_EMAIL)];
    for path in ["/cuenta/confirmar", "/cuenta/clave", "/cuenta/email", "/cuenta/cierre"] {
        assert_eq!(stage.post(hugo, path, &wrong).status, 422, "{path}");
    }
}

async fn changes_the_address(stage: &mut Stage, hugo: &mut Browser) {
    stage.led_on(hugo, "/cuenta/email", &[("clave_actual", PASSWORD), ("email", NEW_EMAIL)]);
    let letter = stage.letter(NEW_EMAIL).await;
    stage.letter(EMAIL).await;
    assert_eq!(stage.get(hugo, "/cuenta/email/clave").status, 200);
    let wrong = [("clave_transitoria", "ZZZZ-9Q7W")];
    assert_eq!(stage.post(hugo, "/cuenta/email/clave", &wrong).status, 422);
    stage.led_on(hugo, "/cuenta/email/clave", &[("clave_transitoria", &letter.key)]);
}

/// One by its name, then all the others.
fn ends_sessions(stage: &mut Stage, hugo: &mut Browser) {
    for fields in [[("sesion", "canario-no-es-ninguna")], [("todas", "si")]] {
        let mut other = stage.browser();
        signs_in(stage, &mut other, NEXT_PASSWORD);
        stage.led_on(hugo, "/cuenta/sesiones", &fields);
    }
}

/// The letter to the address from before has the way back.
async fn puts_the_address_back(stage: &mut Stage, hugo: &mut Browser) {
    let changed = stage.letter(EMAIL).await;
    let mut reader = stage.browser();
    assert_eq!(stage.get(&mut reader, &changed.disown).status, 200);
    assert_eq!(stage.post(&mut reader, &changed.disown, &[]).status, 200);
    assert_eq!(stage.get(hugo, "/inicio").status, 303, "the session is over");
}

async fn recovers_and_closes(stage: &mut Stage) {
    let mut hugo = stage.browser();
    stage.led_on(&mut hugo, "/recuperar", &[("usuario", "89012345")]);
    let letter = stage.letter_with_a_link(EMAIL).await;
    stage.led_on(&mut hugo, &letter.link, &[]);
    stage.led_on(&mut hugo, "/clave-definitiva", &[("clave", LAST_PASSWORD)]);
    signs_in(stage, &mut hugo, LAST_PASSWORD);
    stage.led_on(&mut hugo, "/cuenta/cierre", &[("clave_actual", LAST_PASSWORD)]);
}

/// Somebody registers as Iris with another address; whoever reads the one on file lets the key go, and then stops it.
pub(crate) async fn lets_a_held_key_go_and_stops_it(stage: &mut Stage) {
    let mut stranger = stage.browser();
    let typed = "iris.otra.canario@example.com";
    asks_to_register(stage, &mut stranger, "90123456", "9012", typed);
    let told = stage.letter(ON_FILE).await;
    let mut iris = stage.browser();
    assert_eq!(stage.get(&mut iris, &told.release).status, 200);
    assert_eq!(stage.post(&mut iris, &told.release, &[]).status, 200);
    let held: Letter = stage.letter(typed).await;
    assert_eq!(stage.get(&mut iris, &told.disown).status, 200);
    assert_eq!(stage.post(&mut iris, &told.disown, &[]).status, 200);
    let typed = [("clave_transitoria", held.key.as_str())];
    assert_eq!(stage.post(&mut stranger, "/registro/clave", &typed).status, 422);
    for path in [told.release.replace("/si-fui-yo/", "/no-fui-yo/"), told.disown + "x"] {
        assert_eq!(stage.post(&mut iris, &path, &[]).status, 422, "a button that does not fit");
    }
}

/// What operators do while it runs. Jano waits for a key that they let go; then he sets a password, and they close.
pub(crate) async fn operators_act(stage: &mut Stage) {
    let mut jano = stage.browser();
    let (on_file, typed) = ("jano.canario@example.com", "jano.otra.canario@example.com");
    asks_to_register(stage, &mut jano, "91234567", "9123", typed);
    stage.letter(on_file).await;
    stage.command(&["accounts", "release", "91234567"]);
    let letter = stage.letter(typed).await;
    stage.led_on(&mut jano, "/registro/clave", &[("clave_transitoria", &letter.key)]);
    stage.led_on(&mut jano, "/clave-definitiva", &[("clave", PASSWORD)]);
    stage.letter(typed).await;
    stage.command(&["accounts", "show", "91234567"]);
    stage.command(&["accounts", "unlock", "91234567", "--json"]);
    stage.command(&["accounts", "close", "91234567", "--yes"]);
    let waiting: serde_json::Value =
        serde_json::from_str(&stage.command(&["requests", "list", "--json"])).expect("JSON");
    let request = waiting[0]["request"].as_str().expect("the correction that Hugo asked for");
    stage.command(&["requests", "done", request]);
}
