-- Sign-ins of many users, of a hundred tenants in turn; with $PEER those of the peer, which knows no tenants.
local users, password, peer = tonumber(os.getenv("USERS")), os.getenv("PLATFORM_ADMIN_PASSWORD"), os.getenv("PEER")
local n = 0
request = function()
  n = n + 1
  local tenant, user = n % 100 + 1, math.floor(n / 100) % users + 1
  if peer then
    return wrk.format("POST", nil, { ["content-type"] = "application/json" }, string.format('{"email":"user-%d@example.com","password":"%s"}', n % 100000 + 1, password))
  end
  return wrk.format("POST", nil, { ["content-type"] = "application/json", ["x-tenant"] = "tenant-" .. tenant },
    string.format('{"email":"user-%d@tenant-%d.example","password":"%s"}', user, tenant, password))
end
