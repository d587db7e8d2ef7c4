/// Label names as otlptranslator 1.0 makes them, nil for an error: with both settings, with one each, with none, and
/// without escaping.
struct LabelNameCase {
  var key: String
  var expected: [String?]

  static let all: [LabelNameCase] = [
    .init(key: "http.method", expected: ["http_method", "http_method", "http_method", "http_method", "http.method"]),
    .init(key: "http_method", expected: ["http_method", "http_method", "http_method", "http_method", "http_method"]),
    .init(key: "host.name", expected: ["host_name", "host_name", "host_name", "host_name", "host.name"]),
    .init(
      key: "name (of the host)",
      expected: [
        "name__of_the_host_", "name_of_the_host_", "name__of_the_host_", "name_of_the_host_", "name (of the host)",
      ]),
    .init(key: "2 cents", expected: ["key_2_cents", "key_2_cents", "key_2_cents", "key_2_cents", "2 cents"]),
    .init(key: "_name", expected: ["key_name", "key_name", "_name", "_name", "_name"]),
    .init(key: "__name", expected: ["__name", "key_name", "__name", "_name", "__name"]),
    .init(key: "__name__", expected: ["__name__", "__name__", "__name__", "__name__", "__name__"]),
    .init(
      key: "__reserved.x__",
      expected: ["__reserved_x__", "__reserved_x__", "__reserved_x__", "__reserved_x__", "__reserved.x__"]),
    .init(key: "__a..b__", expected: ["__a__b__", "__a_b__", "__a__b__", "__a_b__", "__a..b__"]),
    .init(key: "___", expected: [nil, "key_", nil, nil, nil]),
    .init(key: "_", expected: ["key_", "key_", nil, nil, nil]),
    .init(key: "__", expected: [nil, "key_", nil, nil, nil]),
    .init(key: "____", expected: [nil, nil, nil, nil, nil]),
    .init(key: "_____", expected: [nil, nil, nil, nil, nil]),
    .init(key: "a__b", expected: ["a__b", "a_b", "a__b", "a_b", "a__b"]),
    .init(key: "a..b", expected: ["a__b", "a_b", "a__b", "a_b", "a..b"]),
    .init(key: "..a", expected: ["__a", "key_a", "__a", "_a", "..a"]),
    .init(key: "a..", expected: ["a__", "a_", "a__", "a_", "a.."]),
    .init(key: ".a", expected: ["key_a", "key_a", "_a", "_a", ".a"]),
    .init(key: "-a", expected: ["key_a", "key_a", "_a", "_a", "-a"]),
    .init(key: "é", expected: ["key_", "key_", nil, nil, "é"]),
    .init(key: "日本", expected: [nil, "key_", nil, nil, "日本"]),
    .init(key: "日本x", expected: ["__x", "key_x", "__x", "_x", "日本x"]),
    .init(key: "foo:bar", expected: ["foo_bar", "foo_bar", "foo_bar", "foo_bar", "foo:bar"]),
    .init(key: "1", expected: ["key_1", "key_1", "key_1", "key_1", "1"]),
    .init(key: "_1", expected: ["key_1", "key_1", "_1", "_1", "_1"]),
    .init(key: "", expected: [nil, nil, nil, nil, nil]),
    .init(key: "__type__", expected: ["__type__", "__type__", "__type__", "__type__", "__type__"]),
    .init(key: "__unit__", expected: ["__unit__", "__unit__", "__unit__", "__unit__", "__unit__"]),
    .init(
      key: "service.name", expected: ["service_name", "service_name", "service_name", "service_name", "service.name"]),
    .init(key: "A.B", expected: ["A_B", "A_B", "A_B", "A_B", "A.B"]),
    .init(key: "__x", expected: ["__x", "key_x", "__x", "_x", "__x"]),
    .init(key: "x__", expected: ["x__", "x_", "x__", "x_", "x__"]),
    .init(key: "_.", expected: [nil, "key_", nil, nil, "_."]),
    .init(key: "__1__", expected: ["__1__", "__1__", "__1__", "__1__", "__1__"]),
    .init(key: "१x", expected: ["key_x", "key_x", "_x", "_x", "१x"]),
  ]
}
