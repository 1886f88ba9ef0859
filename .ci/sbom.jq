# A CycloneDX 1.5 bill of materials: what `cargo metadata` says of the packages that the programs are built from, with
# the checksums of Cargo.lock (`$lock`, an object) and the time of the commit (`$time`). Tests and tools are left out.

# Our own packages are in no registry: what is there under their names is something else.
def ref: if .source then "pkg:cargo/\(.name)@\(.version)" else "tidemark/\(.name)" end;

# Dependencies that are linked in or run in the build, not those of tests.
def needed: [.deps[] | select(any(.dep_kinds[]; .kind != "dev")) | .pkg];

def closure($graph):
    def step($seen; $front):
        if ($front | length) == 0 then $seen
        else
            ($front | map({key: ., value: true}) | from_entries) as $new
            | ($seen + $new) as $all
            | step($all; [$front[] | $graph[.][]] | unique | map(select($all[.] | not)))
        end;
    step({}; .) | keys;

.packages as $packages
| ($packages | map({key: .id, value: .}) | from_entries) as $by_id
| (.resolve.nodes | map({key: .id, value: needed}) | from_entries) as $graph
| .workspace_members as $members
# What is only there for tests has no place in an installation.
| ($members - [$packages[] | select(.name == "tests" or .name == "test_support" or .name == "bench") | .id]) as $shipped
| ($shipped | closure($graph)) as $used
| {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
        timestamp: $time,
        component: {
            type: "application",
            "bom-ref": "tidemark",
            name: "tidemark",
            version: ($packages[] | select(.name == "tidemark") | .version)
        }
    },
    components: [
        $used[] | $by_id[.] | . as $package
        | {
            type: "library",
            "bom-ref": ref,
            name,
            version,
            licenses: [{expression: (.license // "NOASSERTION")}],
            hashes: [$lock["\(.name) \(.version)"] // empty | {alg: "SHA-256", content: .}],
            externalReferences: [.repository // empty | {type: "vcs", url: .}]
        }
        | if $package.source then . + {purl: .["bom-ref"]} else . end
    ] | sort_by(.["bom-ref"]),
    dependencies: (
        [{ref: "tidemark", dependsOn: ($shipped | map($by_id[.] | ref) | sort)}]
        + [$used[] as $id | {ref: ($by_id[$id] | ref), dependsOn: ($graph[$id] | map($by_id[.] | ref) | unique)}]
    )
}
