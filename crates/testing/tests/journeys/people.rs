//! The people of the tests, and what they do on the portal as a person would.

use zaguan_testing::{Client, ReceivedPage, TestPortal};

/// Ana's policy: automotores 1234567, document 12.345.678.
pub(crate) const ANA: [(&str, &str); 4] =
    [("documento", "12.345.678"), ("ramo", "automotores"), ("poliza", "1234567"), ("email", ANAS_EMAIL)];
pub(crate) const ANAS_EMAIL: &str = "ana.perez@gmail.com";
pub(crate) const GOOD_PASSWORD: &str = "el mate con yuyos de Nélida";
pub(crate) const OTHER_PASSWORD: &str = "tres gatos bajo la parra";

/// Opens the form of registration, types these fields and presses Guardar.
pub(crate) async fn register(client: &mut Client, fields: &[(&str, &str)]) -> ReceivedPage {
    let page = client.get("/registro").await;
    let form = fields.iter().fold(page.form("/registro"), |form, (name, text)| form.fill(name, text));
    client.submit(form).await
}

/// Ana's fields with one of them typed otherwise.
pub(crate) fn ana_but(name: &str, text: &str) -> Vec<(&'static str, String)> {
    let otherwise = |(field, value): &(&'static str, &'static str)| {
        (*field, if *field == name { text.to_owned() } else { (*value).to_owned() })
    };
    ANA.iter().map(otherwise).collect()
}

/// Registers with these fields, typed otherwise or not.
pub(crate) async fn register_with(client: &mut Client, fields: &[(&'static str, String)]) -> ReceivedPage {
    let borrowed: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
    register(client, &borrowed).await
}

/// Types a key on the page where this browser stands.
pub(crate) async fn type_key(client: &mut Client, path: &str, key: &str) -> ReceivedPage {
    let page = client.get(path).await;
    client.submit(page.form(path).fill("clave_transitoria", key)).await
}

/// Sets a password on `/clave-definitiva`.
pub(crate) async fn set_password(client: &mut Client, password: &str) -> ReceivedPage {
    let page = client.get("/clave-definitiva").await;
    client.submit(page.form("/clave-definitiva").fill("clave", password)).await
}

/// Signs in.
pub(crate) async fn sign_in(client: &mut Client, user: &str, password: &str) -> ReceivedPage {
    let page = client.get("/ingreso").await;
    client.submit(page.form("/ingreso").fill("usuario", user).fill("clave", password)).await
}

/// Registers Ana all the way to her password.
pub(crate) async fn registered_ana(portal: &TestPortal) -> Client {
    let mut ana = portal.client();
    register(&mut ana, &ANA).await;
    portal.deliver().await;
    let key = portal.last_letter_to(ANAS_EMAIL).key();
    type_key(&mut ana, "/registro/clave", &key).await;
    let page = set_password(&mut ana, GOOD_PASSWORD).await;
    assert_eq!(page.path, "/ingreso", "{}", page.words());
    portal.deliver().await;
    ana
}

/// Registers Ana all the way, and signs her in.
pub(crate) async fn signed_in_ana(portal: &TestPortal) -> Client {
    let mut ana = registered_ana(portal).await;
    let page = sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    assert_eq!(page.path, "/inicio", "{}", page.words());
    ana
}

/// Two people with one document number: policy number, address, password.
pub(crate) const NAMESAKES: [(&str, &str, &str); 2] = [
    ("500001", "elsa@gmail.com", "las glicinas de la abuela"),
    ("500002", "raul@gmail.com", "quince medialunas tibias"),
];

/// Registers one of the two people with one document number all the way to the password.
pub(crate) async fn registered_namesake(
    portal: &TestPortal,
    (number, email, password): (&str, &str, &str),
) -> Client {
    let mut person = portal.client();
    let fields = [("documento", "4.123.456"), ("ramo", "no-se"), ("poliza", number), ("email", email)];
    register(&mut person, &fields).await;
    portal.deliver().await;
    type_key(&mut person, "/registro/clave", &portal.last_letter_to(email).key()).await;
    set_password(&mut person, password).await;
    person
}
