-- post.lua - what wrk sends: POST of the file in BENCH_BODY, or GET.
-- Prints one line that t/bench/run reads.
local path = os.getenv("BENCH_BODY")

if path and path ~= "" then
    local file = io.open(path, "rb")
    wrk.method = "POST"
    wrk.body = file:read("*a")
    wrk.headers["Content-Type"] = "application/soap+xml;charset=UTF-8"
    file:close()
    if os.getenv("BENCH_AUTH") ~= "" then
        wrk.headers["Authorization"] = os.getenv("BENCH_AUTH")
    end
end

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format("BENCH %d %d %.0f %.0f %d %d\n", summary.requests,
        summary.duration, latency:percentile(50), latency:percentile(99),
        errors.status, errors.connect + errors.read + errors.write +
        errors.timeout))
end
