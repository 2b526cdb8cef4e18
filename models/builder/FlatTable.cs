using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace FaceEdge.ModelBuilder;

/// <summary>
/// One table of a FlatBuffers file, read in place (flatbuffers.dev/internals: a table starts with the signed distance back to its
/// vtable, which holds one 16-bit offset a field; 0 means the field has its default). Only what TFLite files need: the package
/// Google.FlatBuffers is not in every registry. A broken file ends in an <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
internal readonly struct FlatTable
{
    private readonly ReadOnlyMemory<byte> _file;
    private readonly int _start;

    private FlatTable(ReadOnlyMemory<byte> file, int start)
    {
        _file = file;
        _start = start;
    }

    /// <summary>The root table of a file.</summary>
    public static FlatTable Root(ReadOnlyMemory<byte> file) => new(file, Follow(file.Span, 0));

    /// <summary>A signed byte (also an enum or a bool).</summary>
    public sbyte Byte(int field) => At(field) is var at and > 0 ? (sbyte)_file.Span[at] : (sbyte)0;

    /// <summary>A 32-bit integer.</summary>
    public int Int(int field) => At(field) is var at and > 0 ? BinaryPrimitives.ReadInt32LittleEndian(_file.Span[at..]) : 0;

    /// <summary>A table, or null when the field is not there.</summary>
    public FlatTable? Table(int field) => At(field) is var at and > 0 ? new FlatTable(_file, Follow(_file.Span, at)) : null;

    /// <summary>A vector of tables, empty when the field is not there.</summary>
    public FlatTable[] Tables(int field)
    {
        if (At(field) is not (var at and > 0))
        {
            return [];
        }
        var first = Follow(_file.Span, at);
        var tables = new FlatTable[Count(first)];
        for (var i = 0; i < tables.Length; i++)
        {
            tables[i] = new FlatTable(_file, Follow(_file.Span, first + 4 + (4 * i)));
        }
        return tables;
    }

    /// <summary>A vector of bytes, empty when the field is not there.</summary>
    public ReadOnlySpan<byte> Bytes(int field)
    {
        if (At(field) is not (var at and > 0))
        {
            return [];
        }
        var first = Follow(_file.Span, at);
        return _file.Span.Slice(first + 4, Count(first));
    }

    /// <summary>A vector of 32-bit integers, empty when the field is not there.</summary>
    public int[] Ints(int field)
    {
        if (At(field) is not (var at and > 0))
        {
            return [];
        }
        var first = Follow(_file.Span, at);
        return MemoryMarshal.Cast<byte, int>(_file.Span.Slice(first + 4, checked(4 * Count(first)))).ToArray();
    }

    /// <summary>A string.</summary>
    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    private static int Follow(ReadOnlySpan<byte> file, int at) => checked(at + (int)BinaryPrimitives.ReadUInt32LittleEndian(file[at..]));

    private int Count(int at) => BinaryPrimitives.ReadInt32LittleEndian(_file.Span[at..]);

    /// <summary>Where a field's value lies; 0 when it is not there.</summary>
    private int At(int field)
    {
        var file = _file.Span;
        var vtable = _start - BinaryPrimitives.ReadInt32LittleEndian(file[_start..]);
        var entry = 4 + (2 * field);
        if (entry >= BinaryPrimitives.ReadUInt16LittleEndian(file[vtable..]))
        {
            return 0;
        }
        var offset = BinaryPrimitives.ReadUInt16LittleEndian(file[(vtable + entry)..]);
        return offset == 0 ? 0 : _start + offset;
    }
}
