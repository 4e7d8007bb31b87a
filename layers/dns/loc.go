package dns

import (
	"encoding/binary"
	"math"
	"strconv"
)

// A LOC is the data of a LOC record (RFC 1876 section 2), a geographic
// location.
type LOC struct {
	Latitude, Longitude  float64 // degrees, north and east positive (WGS 84)
	Altitude             float64 // metres above the reference spheroid
	Size                 float64 // metres, the diameter of a sphere enclosing the entity
	Horizontal, Vertical float64 // metres, the precision
}

const (
	locLen      = 16
	locDegree   = 3600 * 1000    // angles are in thousandths of an arc second
	locOrigin   = 1 << 31        // the equator and the prime meridian
	locAltitude = 100000 * 100   // below the spheroid, the origin of altitudes, in centimetres
	locMaxAngle = 90 * locDegree // of a latitude; a longitude has twice that
)

// LOC returns the data of a LOC record of version 0, the only version.
func (rr Resource) LOC() (LOC, bool) {
	b := rr.Data
	if rr.Type != TypeLOC || len(b) != locLen || b[0] != 0 {
		return LOC{}, false
	}
	lat := int64(binary.BigEndian.Uint32(b[4:])) - locOrigin
	lon := int64(binary.BigEndian.Uint32(b[8:])) - locOrigin
	size, okSize := locSize(b[1])
	hor, okHor := locSize(b[2])
	ver, okVer := locSize(b[3])
	ok := okSize && okHor && okVer && max(lat, -lat) <= locMaxAngle && max(lon, -lon) <= 2*locMaxAngle
	return LOC{
		Latitude:   float64(lat) / locDegree,
		Longitude:  float64(lon) / locDegree,
		Altitude:   (float64(binary.BigEndian.Uint32(b[12:])) - locAltitude) / 100,
		Size:       size,
		Horizontal: hor,
		Vertical:   ver,
	}, ok
}

// locSize decodes a length in metres: a four-bit digit and a four-bit power of
// ten, in centimetres.
func locSize(b byte) (metres float64, ok bool) {
	return float64(b>>4) * math.Pow10(int(b&0x0f)) / 100, b>>4 <= 9 && b&0x0f <= 9
}

// appendTo appends the master file format of RFC 1876 section 3.
func (l LOC) appendTo(dst []byte) []byte {
	dst = appendAngle(dst, l.Latitude, " N ", " S ")
	dst = appendAngle(dst, l.Longitude, " E ", " W ")
	for i, metres := range [...]float64{l.Altitude, l.Size, l.Horizontal, l.Vertical} {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = append(strconv.AppendFloat(dst, metres, 'f', 2, 64), 'm')
	}
	return dst
}

func appendAngle(dst []byte, degrees float64, positive, negative string) []byte {
	ms := int64(math.Round(math.Abs(degrees) * locDegree))
	dst = strconv.AppendInt(dst, ms/locDegree, 10)
	dst = append(dst, ' ')
	dst = strconv.AppendInt(dst, ms/60000%60, 10)
	dst = append(dst, ' ')
	dst = strconv.AppendFloat(dst, float64(ms%60000)/1000, 'f', 3, 64)
	if degrees < 0 {
		return append(dst, negative...)
	}
	return append(dst, positive...)
}
