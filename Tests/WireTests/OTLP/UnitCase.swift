/// Units of metadata as otlptranslator 1.0 makes them, in the classic alphabet and without.
struct UnitCase {
  var unit: String
  var escaped: String
  var unescaped: String

  static let all: [UnitCase] = [
    .init(unit: "s", escaped: "seconds", unescaped: "seconds"),
    .init(unit: "By", escaped: "bytes", unescaped: "bytes"),
    .init(unit: "By/s", escaped: "bytes_per_second", unescaped: "bytes_per_second"),
    .init(unit: "requests/s", escaped: "requests_per_second", unescaped: "requests_per_second"),
    .init(unit: "1", escaped: "", unescaped: ""),
    .init(unit: "%", escaped: "percent", unescaped: "percent"),
    .init(unit: "{packet}", escaped: "", unescaped: ""),
    .init(unit: "{packet}/s", escaped: "per_second", unescaped: "per_second"),
    .init(unit: "1/s", escaped: "per_second", unescaped: "per_second"),
    .init(unit: "m^3", escaped: "m_3", unescaped: "m^3"),
    .init(unit: "°C", escaped: "C", unescaped: "°C"),
    .init(unit: "a b", escaped: "a_b", unescaped: "a b"),
    .init(unit: "__x__", escaped: "x", unescaped: "_x_"),
    .init(unit: "/s", escaped: "per_second", unescaped: "per_second"),
    .init(unit: "s/", escaped: "seconds", unescaped: "seconds"),
    .init(unit: "m/{x}", escaped: "meters", unescaped: "meters"),
    .init(unit: "By/min", escaped: "bytes_per_min", unescaped: "bytes_per_min"),
    .init(unit: "ms", escaped: "milliseconds", unescaped: "milliseconds"),
    .init(unit: "", escaped: "", unescaped: ""),
    .init(unit: "foo/bar/baz", escaped: "foo_per_bar_baz", unescaped: "foo_per_bar/baz"),
    .init(unit: "{a}", escaped: "", unescaped: ""),
    .init(unit: "{a}b", escaped: "", unescaped: ""),
    .init(unit: "KiBy", escaped: "kibibytes", unescaped: "kibibytes"),
    .init(unit: "kBy", escaped: "kBy", unescaped: "kBy"),
    .init(unit: "Cel", escaped: "celsius", unescaped: "celsius"),
    .init(unit: "$", escaped: "", unescaped: "$"),
    .init(unit: "a/$", escaped: "a_per", unescaped: "a_per_$"),
    .init(unit: "$/s", escaped: "per_second", unescaped: "$_per_second"),
  ]
}
