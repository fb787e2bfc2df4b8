//! The resources beside issues: each is created, found, changed and refused as documented.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod simulator_support;

use okdesk_sdk::testing::{AttributeKind, AttributeOwner};
use serde_json::{Value, json};
use simulator_support::{Okdesk, file};

#[tokio::test]
async fn companies_are_written_listed_and_archived() {
    let okdesk = Okdesk::start().await;
    okdesk.sim.account().company_category("vip", "VIP");
    let body = json!({"company": {"name": "ООО Ромашка", "category_code": "vip", "coordinates": [55.5, 37.25], "observer_ids": [1]}});
    let (status, company) = okdesk.post("companies", body).await;
    assert_eq!((status, &company["category"]["code"]), (200, &json!("vip")));
    assert_eq!(company["observers"][0]["name"], "Орлова Мария Сергеевна");
    assert_eq!(company["coordinates"], json!([55.5, 37.25]));
    okdesk.post("companies", json!({"name": "АО Бриз"})).await;
    let (_, vip) = okdesk.get("companies/list?category_ids[]=1").await;
    assert_eq!(
        (vip.as_array().unwrap().len(), &vip[0]["id"]),
        (1, &json!(1))
    );
    let (_, named) = okdesk
        .get(&format!(
            "companies/list?name={}",
            "%D0%90%D0%9E%20%D0%91%D1%80%D0%B8%D0%B7"
        ))
        .await;
    assert_eq!(named[0]["id"], 2);
    let (_, archived) = okdesk
        .patch("companies/2/activations", json!({"active": false}))
        .await;
    assert_eq!(archived["active"], false);
    assert_eq!(
        okdesk.post("companies", json!({"company": {}})).await.0,
        422
    );
    assert_eq!(
        okdesk
            .get("companies/list?created_since=31-12-2024")
            .await
            .0,
        422,
        "here the year comes first"
    );
    let agreement = okdesk
        .sim
        .account()
        .agreement("Договор")
        .company(1.into())
        .cost(12.5)
        .create();
    let (_, agreements) = okdesk.get("companies/1/agreements").await;
    assert_eq!(
        agreements[0],
        okdesk.get(&format!("agreements/{agreement}")).await.1
    );
    assert_eq!(agreements[0]["cost"], 12.5);
    assert_eq!(okdesk.get("agreements").await.1, agreements);
}

#[tokio::test]
async fn employees_are_hired_moved_and_let_go() {
    let okdesk = Okdesk::start().await;
    let body = json!({"first_name": "Иван", "last_name": "Соколов", "email": "s@example.org", "login": "s", "password": "p", "role_ids": [2]});
    let (status, ivan) = okdesk.post("employees", body.clone()).await;
    assert_eq!(
        (status, &ivan["roles"][0]["name"]),
        (200, &json!("Специалист"))
    );
    assert_eq!(ivan.get("password"), None);
    assert_eq!(
        okdesk.post("employees", body).await.0,
        422,
        "login and e-mail are taken"
    );
    assert_eq!(
        okdesk.patch("employees/2", json!({"phone": "101"})).await.1["phone"],
        "101"
    );
    assert_eq!(
        okdesk
            .patch("employees/2/groups", json!({"group_ids": [1, 2]}))
            .await
            .1["groups"][1]["id"],
        2
    );
    assert_eq!(
        okdesk
            .patch("employees/2/roles", json!({"role_ids": [1]}))
            .await
            .1["roles"][0]["name"],
        "Администратор"
    );
    assert_eq!(
        okdesk
            .patch("employees/2/roles", json!({"role_ids": [9]}))
            .await
            .0,
        422
    );
    assert_eq!(
        okdesk
            .patch("employees/2/activations", json!({"active": false}))
            .await
            .1["active"],
        false
    );
    assert_eq!(okdesk.get("employees?email=s@example.org").await.1["id"], 2);
    assert_eq!(
        okdesk.get("employees/roles").await.1[0],
        json!({"id": 1, "name": "Администратор"})
    );
    assert_eq!(okdesk.get("employees/groups").await.1[0]["active"], true);
    assert_eq!(okdesk.get("employees/routes").await.0, 200);
}

#[tokio::test]
async fn time_is_logged_as_people_write_it() {
    let okdesk = Okdesk::start().await;
    okdesk.sim.account().issue("1").create();
    let entry = |time: &str| json!({"time_entries": [{"employee_id": 1, "formatted_spent_time": time, "logged_at": "2030-01-31 12:00"}]});
    assert_eq!(
        okdesk
            .post("issues/1/time_entries", entry("2,5 часа"))
            .await
            .0,
        200
    );
    let (_, all) = okdesk.post("issues/1/time_entries", entry("6 мин.")).await;
    assert_eq!(all["spent_time_total"], 2.6);
    assert_eq!(
        all["time_entries"][0]["logged_at"],
        "2030-01-31T12:00:00.000+03:00"
    );
    assert_eq!(
        all["time_entries"][0]["employee"],
        json!({"id": 1, "login": "orlova", "name": "Орлова Мария Сергеевна"})
    );
    assert_eq!(okdesk.get("issues/1").await.1["spent_time_total"], 2.6);
    let (status, refused) = okdesk
        .post(
            "issues/1/time_entries",
            json!({"time_entries": [{"employee_id": 9}]}),
        )
        .await;
    assert_eq!(
        (
            status,
            refused["errors"]["time_entries"]["0"]
                .as_object()
                .unwrap()
                .len()
        ),
        (422, 3)
    );
    okdesk.delete("issues/1").await;
    assert_eq!(
        okdesk.get("issues/1/time_entries").await.0,
        404,
        "here a deleted issue is 404"
    );
}

#[tokio::test]
async fn a_specification_is_made_of_price_list_lines() {
    let okdesk = Okdesk::start().await;
    okdesk.sim.account().issue("1").create();
    okdesk.sim.account().price_list("Основной");
    let line = json!({"service": {"code": "visit", "name": "Выезд", "type": "work", "unit": "шт", "price": 1200, "nds": 20}});
    let (_, created) = okdesk.post("price_lists/1/services", line.clone()).await;
    assert_eq!(
        created,
        json!({"id": 1, "code": "visit", "name": "Выезд", "type": "work", "unit": "шт", "price": 1200, "nds": 20, "visible": true, "description": null})
    );
    assert_eq!(
        okdesk.post("price_lists/1/services", line).await.1["errors"]["code"][0],
        "уже существует"
    );
    assert_eq!(
        okdesk.get("price_lists/1/services").await.0,
        422,
        "types are required"
    );
    assert_eq!(
        okdesk.get("price_lists/1/services?types[]=work").await.1[0]["id"],
        1
    );
    assert_eq!(
        okdesk
            .patch(
                "price_lists/1/services/visit",
                json!({"service": {"price": 1000}})
            )
            .await
            .1["price"],
        1000
    );
    assert_eq!(okdesk.get("price_lists").await.1[0]["name"], "Основной");
    assert_eq!(
        okdesk
            .get("issues/1/available_services?search_string=vis")
            .await
            .1[0]["price_list_name"],
        "Основной"
    );

    let taken = json!({"issue_service": {"code": "visit", "quantity": 3, "discount": 10, "performer_id": 1}});
    let (_, service) = okdesk.post("issues/1/services", taken).await;
    assert_eq!(
        (&service["total"], &service["total_vat"]),
        (&json!(2700), &json!(450))
    );
    assert_eq!(okdesk.get("issues/1/services").await.1[0], service);
    let (_, refused) = okdesk
        .post(
            "issues/1/services",
            json!({"issue_service": {"code": "no", "quantity": -1, "discount": 101}}),
        )
        .await;
    assert_eq!(refused["errors"].as_object().unwrap().len(), 3);
}

#[tokio::test]
async fn a_check_list_is_ticked_off_with_files() {
    let okdesk = Okdesk::start().await;
    okdesk.sim.account().issue("1").create();
    let items = json!({"check_list": {"items": [
        {"name": "Снаружи", "item_type": "header", "children": [
            {"name": "Фото", "item_type": "point", "required_to_status_codes": ["completed"], "parameters": {"files": "required", "text": "unrequired"}},
        ]},
    ]}});
    let (status, created) = okdesk.post("issues/1/check_lists/items", items).await;
    assert_eq!(status, 200, "{created}");
    let point = &created["check_list"]["items"][1];
    assert_eq!(
        (&point["item_type"], &point["required"], &point["checked"]),
        (&json!("point"), &json!(true), &json!(false))
    );
    assert_eq!(point["parent_id"], created["check_list"]["items"][0]["id"]);
    let path = format!("issues/1/check_lists/items/{}/check", point["id"]);
    let (status, refused) = okdesk
        .patch(&path, json!({"check_list_item": {"checked": true}}))
        .await;
    assert_eq!(
        (
            status,
            refused["errors"]["item_parameters"]["files"].is_array()
        ),
        (422, true)
    );
    let form = reqwest::multipart::Form::new()
        .text("check_list_item[checked]", "true")
        .text("check_list_item[item_parameters][text]", "чисто")
        .part(
            "check_list_item[item_parameters][files][0][attachment]",
            file("дверь.jpg", b"jpg"),
        );
    let checked = okdesk.http.patch(okdesk.url(&path)).multipart(form);
    let (status, checked) = simulator_support::answer(checked).await;
    assert_eq!(
        (status, &checked["checked_by_user_id"]),
        (200, &json!(1)),
        "{checked}"
    );
    assert_eq!(
        checked["parameters"][0]["value"][0]["attachment_file_name"],
        "дверь.jpg"
    );
    assert_eq!(okdesk.get("issues/1/check_lists/items").await.1[1], checked);
    assert_eq!(
        okdesk.get("issues/1").await.1["attachments"],
        json!([]),
        "it is the check list's file"
    );
    let deep = json!({"check_list": {"items": [{"name": "1", "item_type": "header", "children": [
        {"name": "2", "item_type": "header", "children": [{"name": "3", "item_type": "header"}]}]}]}});
    assert_eq!(
        okdesk.post("issues/1/check_lists/items", deep).await.0,
        422,
        "two levels of headings at most"
    );
}

#[tokio::test]
async fn equipment_lives_in_catalogues() {
    let okdesk = Okdesk::start().await;
    okdesk.sim.account().company("ООО Ромашка").create();
    okdesk.sim.account().attribute(
        AttributeOwner::Equipment,
        "ip",
        "Адрес",
        AttributeKind::Text,
    );
    okdesk
        .post(
            "equipments/kinds",
            json!({"equipment_kind": {"name": "Принтер", "code": "printer"}}),
        )
        .await;
    okdesk
        .post(
            "equipments/manufacturers",
            json!({"equipment_manufacturer": {"name": "Атол", "code": "atol"}}),
        )
        .await;
    let model = json!({"equipment_model": {"name": "30Ф", "code": "30f", "equipment_kind_id": 1, "equipment_manufacturer_id": 1}});
    let (_, model) = okdesk.post("equipments/models", model).await;
    assert_eq!(
        model["equipment_manufacturer"],
        json!({"id": 1, "code": "atol", "name": "Атол"})
    );
    assert_eq!(
        okdesk
            .post(
                "equipments/models",
                json!({"equipment_model": {"name": "x"}})
            )
            .await
            .1["errors"]
            .as_object()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(
        okdesk
            .patch(
                "equipments/kinds/1",
                json!({"equipment_kind": {"visible": false}})
            )
            .await
            .1["visible"],
        false
    );
    assert_eq!(
        okdesk.get("equipments/kinds?search_string=PRINT").await.1[0]["parameters"][0]["code"],
        "ip"
    );
    assert_eq!(
        okdesk.get("equipments/manufacturers").await.1[0].get("parameters"),
        None
    );

    let piece = |inventory: &str| {
        json!({"equipment": {"equipment_type_code": "printer", "equipment_manufacturer_code": "atol",
        "equipment_model_code": "30f", "inventory_number": inventory, "serial_number": "S", "company_id": "1", "custom_parameters": {"ip": "10.0.0.1"}}})
    };
    okdesk.post("equipments", piece("7")).await;
    okdesk.post("equipments", piece("8")).await;
    assert_eq!(
        okdesk.get("equipments?inventory_number=7").await.1["equipment_kind"]["code"],
        "printer",
        "one hit: an object"
    );
    assert_eq!(
        okdesk
            .get("equipments?serial_number=S")
            .await
            .1
            .as_array()
            .unwrap()
            .len(),
        2,
        "several: an array"
    );
    assert_eq!(okdesk.get("equipments?serial_number=T").await.1, json!([]));
    let (_, list) = okdesk.get("equipments/list?equipment_kind_codes[]=printer&custom_parameters[ip]=10.0.0.1&page[size]=1").await;
    assert_eq!(
        (&list[0]["id"], &list[0]["company"]["name"]),
        (&json!(2), &json!("ООО Ромашка"))
    );
    assert_eq!(
        list[0].get("maintenance_entity_id"),
        None,
        "nested in lists"
    );
    assert_eq!(
        okdesk
            .patch("equipments/2", json!({"comment": "шумит"}))
            .await
            .1["comment"],
        "шумит"
    );
    assert_eq!(
        okdesk.get("equipments/parameters").await.1[0]["equipment_kind_codes"],
        json!([])
    );
}

#[tokio::test]
async fn maintenance_entities_take_files() {
    let okdesk = Okdesk::start().await;
    okdesk.sim.account().company("ООО Ромашка").create();
    let (status, refused) = okdesk
        .post("maintenance_entities", json!({"maintenance_entity": {}}))
        .await;
    assert_eq!(
        (status, refused["errors"].as_object().unwrap().len()),
        (422, 2)
    );
    let body = json!({"maintenance_entity": {"name": "Пекарня", "company_id": 1, "timezone": "Europe/Moscow"}});
    let (_, place) = okdesk.post("maintenance_entities", body).await;
    assert_eq!(
        place["timezone"],
        json!({"code": "Europe/Moscow", "name": "Москва", "gmt": "+03:00"})
    );
    let form = reqwest::multipart::Form::new()
        .part(
            "maintenance_entity[attachments][0][attachment]",
            file("план.pdf", b"%PDF"),
        )
        .text("maintenance_entity[attachments][0][is_public]", "false");
    let (_, place) = okdesk
        .multipart("maintenance_entities/1/attachments", form)
        .await;
    let attachment = &place["attachments"][0];
    assert_eq!(
        (&attachment["is_public"], attachment.get("created_at")),
        (&json!(false), None)
    );
    assert_eq!(
        okdesk
            .patch("maintenance_entities/1", json!({"comment": "со двора"}))
            .await
            .1["comment"],
        "со двора"
    );
    assert_eq!(
        okdesk
            .get("maintenance_entities/list?company_ids[]=1")
            .await
            .1[0]["contacts_ids"],
        json!([])
    );
    assert_eq!(
        okdesk
            .get("maintenance_entities?search_string=%D0%BF%D0%B5%D0%BA")
            .await
            .1[0]["id"],
        1
    );
}

#[tokio::test]
async fn nomenclature_feeds_price_lists() {
    let okdesk = Okdesk::start().await;
    okdesk.sim.account().price_list("Основной");
    let (_, group) = okdesk
        .post(
            "nomenclature/groups",
            json!({"nomenclature_group": {"code": "g", "name": "Работы"}}),
        )
        .await;
    assert_eq!(
        (&group["active"], &group["group"]),
        (&json!(true), &Value::Null)
    );
    let item = json!({"nomenclature_item": {"code": "v", "name": "Выезд", "item_type": "work", "unit": "шт", "group_id": 1}});
    let (_, item) = okdesk.post("nomenclature/items", item).await;
    assert_eq!(
        (&item["group"]["code"], &item["vendor_code"]),
        (&json!("g"), &json!(""))
    );
    assert_eq!(
        okdesk.get("nomenclature/items?group_id=0").await.1,
        json!([])
    );
    assert_eq!(
        okdesk.get("nomenclature/items?item_types[]=work").await.1[0],
        okdesk.get("nomenclature/items/1").await.1
    );
    let line = json!({"service": {"nomenclature_item_id": 1, "price": 99.5, "nds": 20}});
    let (_, line) = okdesk
        .post("nomenclature/price_lists/1/services", line)
        .await;
    assert_eq!(
        (&line["name"], &line["price"]),
        (&json!("Выезд"), &json!(99.5))
    );
    assert_eq!(
        okdesk
            .patch(
                "nomenclature/price_lists/1/services/1",
                json!({"service": {"visible": false}})
            )
            .await
            .1["visible"],
        false
    );
    assert_eq!(
        okdesk
            .get("nomenclature/price_lists/1/services?search_string=v")
            .await
            .1[0]["nomenclature_item_id"],
        1
    );
    assert_eq!(
        okdesk
            .patch(
                "nomenclature/groups/1",
                json!({"nomenclature_group": {"active": false}})
            )
            .await
            .1["active"],
        false
    );
    assert_eq!(
        okdesk.get("nomenclature/groups/1").await.1["name"],
        "Работы"
    );
    assert_eq!(
        okdesk
            .get("nomenclature/groups?code=g")
            .await
            .1
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        okdesk
            .patch(
                "nomenclature/items/1",
                json!({"nomenclature_item": {"vendor_code": "A1"}})
            )
            .await
            .1["vendor_code"],
        "A1"
    );
    assert_eq!(
        okdesk
            .post("nomenclature/items", json!({"nomenclature_item": {}}))
            .await
            .1["errors"]
            .as_object()
            .unwrap()
            .len(),
        4
    );
}

#[tokio::test]
async fn telephony_and_references() {
    let okdesk = Okdesk::start().await;
    let message =
        json!({"telephony_numbers": [101], "search_numbers_count": 10, "phone": "+79161234567"});
    assert_eq!(okdesk.post("telephony/messages", message).await.0, 200);
    assert_eq!(
        okdesk
            .post("telephony/messages", json!({"search_numbers_count": 11}))
            .await
            .0,
        422
    );
    let call = json!({"phone_call": {"call_id": "a1", "started_at": "2030-01-31 12:00", "finished_at": "2030-01-31 12:03", "duration": 180,
        "direction": 0, "source_phone": "+79161234567", "receiver_phone": "101", "search_numbers_count": 10}});
    assert_eq!(okdesk.post("phone_calls", call).await.0, 200);
    assert_eq!(
        okdesk
            .post("phone_calls", json!({"phone_call": {"started_at": "soon"}}))
            .await
            .0,
        422
    );

    okdesk
        .sim
        .account()
        .issue_type_folder("Аварии", &["incident"]);
    okdesk.sim.account().attribute(
        AttributeOwner::Issue,
        "room",
        "Кабинет",
        AttributeKind::Text,
    );
    let (_, statuses) = okdesk.get("issues/statuses").await;
    assert_eq!(
        statuses[0],
        json!({"code": "opened", "name": "Открыта", "color": "#f04e37", "final": false})
    );
    assert_eq!(okdesk.get("issues/priorities").await.1[1]["default"], true);
    assert_eq!(
        okdesk.get("issues/types").await.1.as_array().unwrap().len(),
        4,
        "without folders"
    );
    let (_, tree) = okdesk.get("dictionaries/issues/types").await;
    let folder = tree
        .as_array()
        .unwrap()
        .iter()
        .find(|node| node["type"] == "group")
        .unwrap();
    assert_eq!(folder["children"][0]["code"], "incident");
    assert_eq!(
        okdesk.get("issues/parameters/list").await.1[0]["code"],
        "room"
    );
    assert_eq!(okdesk.get("time_entries/parameters").await.1, json!([]));
    assert_eq!(okdesk.get("timezones").await.1[1]["gmt"], "+03:00");
    assert_eq!(
        okdesk.post("api_key", json!({})).await.1["api_key"],
        okdesk.token
    );
}
