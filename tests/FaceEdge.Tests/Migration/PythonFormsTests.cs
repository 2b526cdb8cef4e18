using System.IO.Compression;
using System.Text;
using FaceEdge.Migration;

namespace FaceEdge.Tests.Migration;

/// <summary>Every way that we have seen people keep a NumPy array in a cell, written by Python itself.</summary>
public class PythonFormsTests
{
    /// <summary>
    /// Name, expression. <c>a</c> is the array; names that begin with "~" are of less precision. Values are printed as base64 of bytes, or of the UTF-8 of
    /// a text.
    /// </summary>
    private const string Script = """
        import array, base64, bz2, collections, gzip, io, json, pickle, zlib
        import numpy as np
        r = np.random.default_rng(7).normal(size=128)
        a = r / np.linalg.norm(r) * 1.4
        f = a.astype('f4')
        l = [float(x) for x in a]
        two = "[" + ", ".join(f"np.float64({x!r})" for x in l) + "]"
        def npz(**k):
            b = io.BytesIO(); np.savez(b, **k); return b.getvalue()
        def npzc(**k):
            b = io.BytesIO(); np.savez_compressed(b, **k); return b.getvalue()
        def npy(x):
            b = io.BytesIO(); np.save(b, x); return b.getvalue()
        forms = {
            'hex of float64': a.tobytes().hex(),
            'HEX of float32': f.tobytes().hex().upper(),
            'hex with 0x': '0x' + a.tobytes().hex(),
            'hex as PostgreSQL shows bytea': '\\x' + a.tobytes().hex(),
            "hex as SQLite's shell quotes it": "X'" + a.tobytes().hex() + "'",
            'hex with spaces': a.tobytes().hex(' '),
            'hex with colons': a.tobytes().hex(':'),
            'hex of a pickle': a.dumps().hex(),
            'hex as bytes': a.tobytes().hex().encode(),
            "numbers of NumPy 2": two,
            "numbers of NumPy 2, float32": "[" + ", ".join(f"np.float32({float(x)!r})" for x in l) + "]",
            "b'' around base64": str(base64.b64encode(a.tobytes())),
            "b'' around bytes": str(a.tobytes()),
            'b"" around float32': repr(f.tobytes() ),
            "bytearray() around bytes": repr(bytearray(a.tobytes())),
            "~tuple of one array": str((a,)),
            "~list of one array": str([a]),
            "~array with dtype": repr(f),
            "~array in a dictionary": str({'name': 'Anna', 'encoding': a}),
            "JSON object": json.dumps({'encoding': l}),
            "JSON object with more": json.dumps({'id': 7, 'name': 'Anna', 'embedding': l, 'box': [1, 2, 3, 4], 'ok': True, 'x': None}, indent=1),
            "JSON in JSON": json.dumps(json.dumps(l)),
            "JSON in JSON in an object": json.dumps({'data': json.dumps({'descriptor': l})}),
            "JSON list of an object": json.dumps([{'encoding': l}]),
            "JSON of strings": json.dumps([repr(x) for x in l]),
            "JSON.stringify(Float32Array)": json.dumps({str(i): x for i, x in enumerate(l)}),
            "Node's Buffer": json.dumps({'type': 'Buffer', 'data': list(a.tobytes())}),
            "list(bytes)": json.dumps(list(f.tobytes())),
            "base64 in JSON": json.dumps({'__ndarray__': base64.b64encode(a.tobytes()).decode(), 'dtype': 'float64', 'shape': [128]}),
            "base64 in JSON bytes with umlauts": json.dumps({'name': 'Jürgen', 'encoding': base64.b64encode(a.tobytes()).decode()}, ensure_ascii=False).encode(),
            "braces": "{" + ",".join(repr(x) for x in l) + "}",
            "one number a line": "\n".join(repr(x) for x in l),
            "YAML": "".join(f"- {x!r}\n" for x in l),
            "semicolons": ";".join(repr(x) for x in l),
            "CSV in quotes": ",".join(f'"{x!r}"' for x in l),
            "tensor": "tensor([" + ", ".join(repr(x) for x in l) + "], device='cuda:0', grad_fn=<DivBackward0>)",
            "column": json.dumps([[x] for x in l]),
            "repr of array.array": repr(array.array('d', l)),
            "OrderedDict": repr(collections.OrderedDict(encoding=l)),
            "latin-1 text of bytes": a.tobytes().decode('latin1'),
            "data URI": "data:application/octet-stream;base64," + base64.b64encode(a.tobytes()).decode(),
            "base64 in lines": base64.encodebytes(a.tobytes()).decode(),
            "base64 of base64": base64.b64encode(base64.b64encode(a.tobytes())),
            "~float16": a.astype('f2').tobytes(),
            "~float16 .npy": npy(a.astype('f2')),
            "~float16 pickle": pickle.dumps(a.astype('f2')),
            "big-endian float64": a.astype('>f8').tobytes(),
            "big-endian float32": a.astype('>f4').tobytes(),
            "zlib": zlib.compress(a.tobytes()),
            "zlib, best": zlib.compress(a.tobytes(), 9),
            "zlib, stored": zlib.compress(a.tobytes(), 0),
            "zlib of a pickle": zlib.compress(pickle.dumps(a)),
            "zlib of JSON": zlib.compress(json.dumps(l).encode()),
            "gzip of .npy": gzip.compress(npy(a)),
            "base64 of zlib": base64.b64encode(zlib.compress(a.tobytes())).decode(),
            "npz": npz(encoding=a),
            "npz without a name": npzc(arr_0=a),
            "npz with more": npzc(encoding=a, box=np.array([1, 2, 3, 4.0])),
            "base64 of npz": base64.b64encode(npz(a=a)),
        }
        for p in range(6):
            forms[f'pickled dictionary {p}'] = pickle.dumps({'name': 'Anna', 'encoding': a}, p)
            forms[f'pickled dictionary of lists {p}'] = pickle.dumps({'encoding': l, 'id': 3, 'box': (1, 2, 3, 4)}, p)
            forms[f'pickled list of arrays {p}'] = pickle.dumps([a], p)
            forms[f'pickled tuple {p}'] = pickle.dumps(('Anna', a), p)
            forms[f'pickled list of NumPy numbers {p}'] = pickle.dumps(list(a), p)
            forms[f'pickled bytes {p}'] = pickle.dumps(a.tobytes(), p)
            forms[f'pickled bytearray {p}'] = pickle.dumps(bytearray(a.tobytes()), p)
            forms[f'pickled array.array {p}'] = pickle.dumps(array.array('d', l), p)
            forms[f'pickled OrderedDict {p}'] = pickle.dumps(collections.OrderedDict(encoding=a), p)
            forms[f'pickled matrix {p}'] = pickle.dumps(np.matrix(a), p)
            forms[f'pickled JSON {p}'] = pickle.dumps(json.dumps(l), p)
        forms['pickled dictionary as text'] = pickle.dumps({'encoding': a}, 0).decode('latin1')
        forms['hex of a pickled dictionary'] = pickle.dumps({'encoding': a}).hex()
        print('a', 'b', base64.b64encode(a.tobytes()).decode(), sep='\t')
        for n, v in forms.items():
            print(n, 'b' if isinstance(v, bytes) else 't', base64.b64encode(v if isinstance(v, bytes) else v.encode()).decode(), sep='\t')
        """;

    [Fact]
    public void WhateverFormPythonGaveTheNumbersAreThere()
    {
        string[][] lines = [.. Storage.DataFolder.Run("/usr/bin/python3", "-c", Script)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split('\t'))];
        float[] numbers = EncodingCell.Read(Convert.FromBase64String(lines[0][2])).Values;
        var wrong = new List<string>();
        foreach (string[] line in lines[1..])
        {
            byte[] content = Convert.FromBase64String(line[2]);
            try
            {
                FoundEncoding found = EncodingCell.Read(line[1] == "b" ? content : Encoding.UTF8.GetString(content));
                float farthest = found.Values.Zip(numbers, static (x, y) => Math.Abs(x - y)).Max();
                bool good = found.Encoder == "dlib128" && farthest <= (line[0].Contains("float16", StringComparison.Ordinal) ? 2e-3f : line[0][0] == '~' ? 1e-7f : 0);
                wrong.AddRange(good ? [] : [$"{line[0]}: {found.Encoder}, {farthest} off"]);
            }
            catch (CellException e)
            {
                wrong.Add($"{line[0]}: {e.Message}");
            }
        }

        Assert.Empty(wrong);
        Assert.Equal(127, lines.Length - 1);
    }

    [Fact]
    public void WhatIsPackedIsBounded()
    {
        byte[] zlib = Pack(static stream => new ZLibStream(stream, CompressionLevel.SmallestSize, leaveOpen: true), 100_000_000);
        Assert.InRange(zlib.Length, 1, 200_000);
        Assert.Contains("unpacks to more than 262144 bytes", Refused(zlib), StringComparison.Ordinal);
        byte[] gzip = Pack(static stream => new GZipStream(stream, CompressionLevel.SmallestSize, leaveOpen: true), 100_000_000);
        Assert.Contains("unpacks to more than 262144 bytes", Refused(gzip), StringComparison.Ordinal);

        using var npz = new MemoryStream();
        using (var zip = new ZipArchive(npz, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = zip.CreateEntry("arr_0.npy", CompressionLevel.SmallestSize).Open();
            entry.Write(new byte[100_000_000]);
        }

        Assert.Contains("unpacks to more than 262144 bytes", Refused(npz.ToArray()), StringComparison.Ordinal);
        Assert.Contains("damaged", Refused(npz.ToArray()[..200]), StringComparison.Ordinal);
    }

    [Fact]
    public void FormsInFormsHaveAnEnd()
    {
        byte[] once = LegacyDb.Bytes(LegacyDb.Encoding(1));
        byte[] often = once;
        for (int i = 0; i < 20; i++)
        {
            using var packed = new MemoryStream();
            using (var stream = new ZLibStream(packed, CompressionLevel.NoCompression, leaveOpen: true))
            {
                stream.Write(often);
            }

            often = packed.ToArray();
        }

        Assert.Contains("forms in forms", Refused(often), StringComparison.Ordinal);
    }

    [Fact]
    public void OneTextAThousandTimesIsNotReadAThousandTimes()
    {
        // A list that holds one long text over and over, by the pickle's memo.
        byte[] text = Encoding.ASCII.GetBytes(new string('z', 100_000));
        byte[] pickle = [0x80, 4, (byte)']', (byte)'(', (byte)'X', .. BitConverter.GetBytes(text.Length), .. text, (byte)'q', 1,
            .. Enumerable.Repeat<byte[]>([(byte)'h', 1], 5000).SelectMany(static two => two), (byte)'e', (byte)'.'];
        Assert.Contains("more than an encoding", Refused(pickle), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BZh91AY", "bzip2")]
    [InlineData("\u00fd7zXZ\0", "xz")]
    public void PackingsThatAreNotReadAreNamed(string begin, string name) =>
        Assert.Contains(name, Refused(Encoding.Latin1.GetBytes(begin).Concat(Enumerable.Range(0, 900).Select(static i => (byte)(i * 7))).ToArray()), StringComparison.Ordinal);

    [Fact]
    public void OfSeveralEncodingsTheOneThatIsCalledSoIsTakenOrNone()
    {
        string numbers = "[" + string.Join(",", LegacyDb.Encoding(1)) + "]", others = "[" + string.Join(",", LegacyDb.Encoding(2)) + "]";
        Assert.Equal((float)LegacyDb.Encoding(2)[0], EncodingCell.Read($"{{\"landmarks\":{numbers},\"face_encoding\":{others}}}").Values[0]);
        Assert.Contains("2 encodings in one (JSON), one is needed: left, right", Refused($"{{\"left\":{numbers},\"right\":{others}}}"), StringComparison.Ordinal);
    }

    private static byte[] Pack(Func<Stream, Stream> packer, int zeros)
    {
        using var packed = new MemoryStream();
        using (Stream stream = packer(packed))
        {
            stream.Write(new byte[zeros]);
        }

        return packed.ToArray();
    }

    private static string Refused(object cell) => Assert.Throws<CellException>(() => EncodingCell.Read(cell)).Message;
}
